package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.Commands.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code serve --modal-listen} with {@code ext.modal} of another installation as the client. */
class ServeModalIT {
    private static final String ANY_PORT = "127.0.0.1:0";

    @AutoClose
    private final Cli home = Cli.onFreshHome();

    @AutoClose
    private final Cli away = Cli.onFreshHome();

    @AutoClose
    private final ServerProcess server = new ServerProcess(home.process());

    @Test
    void each_start_prints_modals_url_and_only_the_first_prints_the_key() throws Exception {
        var first = server.start("--modal-listen", ANY_PORT);
        var environment = ServerProcess.modalEnvironment(first);
        assertThat(first.getLast()).startsWith("listening on http://127.0.0.1:");
        assertThat(environment.get("MODAL_SERVER_URL")).matches("http://127\\.0\\.0\\.1:[0-9]+");
        assertThat(server.stop()).isZero();

        var second = server.start("--modal-listen", ANY_PORT);
        assertThat(second).hasSize(2);
        assertThat(second.getFirst())
                .matches("Modal's API: MODAL_SERVER_URL=http://127\\.0\\.0\\.1:[0-9]+ MODAL_TOKEN_ID=ak-sandboxer"
                        + " MODAL_TOKEN_SECRET=<API key>")
                .doesNotContain(environment.get("MODAL_TOKEN_SECRET"));
        assertThat(server.stop()).isZero();
    }

    @Test
    void another_sandboxer_uses_it_as_its_modal_and_a_revoked_key_is_refused() throws Exception {
        var client = away.with(ServerProcess.modalEnvironment(server.start("--modal-listen", ANY_PORT)));
        var id = client.create("-p", "burst-sandbox", "--only", "ext.modal");

        assertThat(client.run("exec", id, "--", "echo", "there").out()).isEqualTo("there\n");
        assertThat(home.run("ls", "--quiet").out().lines()).as("where it runs").hasSize(1);
        client.run("destroy", id);
        assertThat(home.run("ls", "--quiet").out()).isEmpty();

        var key = home.run("keys", "ls")
                .out()
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .split(" ")[0];
        assertThat(home.run("keys", "revoke", key).status()).isZero();
        assertThat(client.run("ls", "--at", "ext.modal").err()).contains("[credential_refused]");
    }

    @Test
    void after_a_signal_running_calls_finish() throws Exception {
        var client =
                away.with(ServerProcess.modalEnvironment(server.start("--modal-listen", ANY_PORT, "--drain", "60s")));
        var id = client.create("-p", "burst-sandbox", "--only", "ext.modal");
        var running = CompletableFuture.supplyAsync(
                () -> client.run("exec", id, "--", "sh", "-c", "touch /tmp/begun; sleep 3; echo finished; exit 5"));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        client.run("exec", id, "--", "test", "-e", "/tmp/begun").status() == 0);

        assertThat(server.stop()).isZero();

        Result result = running.get();
        assertThat(result.out()).as(result.err()).isEqualTo("finished\n");
        assertThat(result.status()).isEqualTo(5);
    }

    @Test
    void an_unusable_address_ends_the_server_with_the_reason() throws Exception {
        assertThat(serve("--modal-listen", "nowhere").err())
                .contains("not an address to listen on: nowhere (expected HOST:PORT)");
        assertThat(serve("--modal-listen", "192.0.2.1:0").err())
                .contains("can't listen on 192.0.2.1:0", "[listen_failed]");
        assertThat(serve("--modal-listen", ANY_PORT, "--modal-url", "ftp://host")
                        .err())
                .contains("--modal-url must be a URL");
        assertThat(serve("--modal-url", "https://modal.example").err()).contains("--modal-url needs --modal-listen");

        var taken = server.start().getLast().replaceAll(".*//", "");
        assertThat(serve("--modal-listen", taken).err()).contains("can't listen on " + taken, "[listen_failed]");
    }

    /** Runs a server that fails to start. */
    private Result serve(String... options) {
        var command = new String[options.length + 3];
        command[0] = "serve";
        command[1] = "--listen";
        command[2] = ANY_PORT;
        System.arraycopy(options, 0, command, 3, options.length);
        var result = away.process().run(command);
        assertThat(result.status()).as(result.out() + result.err()).isIn(2, 125);
        return result;
    }
}
