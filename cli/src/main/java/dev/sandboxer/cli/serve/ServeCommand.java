package dev.sandboxer.cli.serve;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.ModalServer;
import dev.sandboxer.server.AdvertisedAddress;
import dev.sandboxer.server.SandboxerServer;
import dev.sandboxer.server.ServerLog;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ServeCommand extends Command {
    /** The secret alone identifies a consumer, but Modal's clients require an id of this form too. */
    private static final String MODAL_TOKEN_ID = "ak-sandboxer";

    private final Supplier<String> listen = syntax.option(
            "--listen",
            "HOST:PORT",
            "Address to listen on (default: ${DEFAULT-VALUE}). Port 0 = any free port.",
            "127.0.0.1:7070");
    private final Supplier<@Nullable String> advertise = syntax.option(
            "--advertise",
            "URL",
            "URL of this server for other servers of the database (default: http://HOST:PORT of --listen).");
    private final Supplier<@Nullable String> domain =
            syntax.option("--domain", "NAME", "Domain of the sandboxes' host names, <port>-<id>.NAME.");
    private final Supplier<@Nullable String> modalListen =
            syntax.option("--modal-listen", "HOST:PORT", "Also serve Modal's API over gRPC here, e.g. 127.0.0.1:7071.");
    private final Supplier<@Nullable String> modalUrl = syntax.option(
            "--modal-url", "URL", "URL of Modal's API for clients (default: http://HOST:PORT of --modal-listen).");
    private final Supplier<Duration> drain = syntax.option(
            "--drain",
            "TIME",
            "Time for requests to finish at shutdown (default: ${DEFAULT-VALUE}).",
            "10s",
            Durations::parse);

    public ServeCommand(Context context) {
        super(context, "Serve E2B's API, sand-boxer's own and Modal's until a signal comes. Sandboxes keep running.");
        syntax.footer("The first start creates an API key for the consumer \"local\" and prints it once."
                + "%n`sandboxer keys` creates and revokes others.");
    }

    @Override
    public Integer call() throws InterruptedException {
        if (modalUrl.get() != null && modalListen.get() == null) {
            throw syntax.usageError("--modal-url needs --modal-listen");
        }
        ServerLog.configure(Terminal.present());
        var server =
                SandboxerServer.start(sandboxer(), Listen.parse(listen.get()), advertised(), domain.get(), drain.get());
        var modal = startModal(server);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, modal), "end"));
        if (sandboxer().keys().list(null).isEmpty()) {
            introduce(server, modal);
        }
        if (modal != null) {
            console.print("Modal's API: MODAL_SERVER_URL=" + modal.url() + " MODAL_TOKEN_ID=" + MODAL_TOKEN_ID
                    + " MODAL_TOKEN_SECRET=<API key>");
        }
        console.print("listening on " + server.url());
        console.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private @Nullable URI advertised() {
        var text = advertise.get();
        return text == null ? null : AdvertisedAddress.parse("--advertise", text);
    }

    /** Starts the server of Modal's API; null when it isn't asked for. */
    private @Nullable ModalServer startModal(SandboxerServer server) {
        var address = modalListen.get();
        if (address == null) {
            return null;
        }
        try {
            var url = modalUrl.get();
            return ModalServer.start(
                    sandboxer(),
                    Listen.parse(address),
                    url == null ? null : AdvertisedAddress.parse("--modal-url", url),
                    List.of());
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void introduce(SandboxerServer server, @Nullable ModalServer modal) {
        var key = sandboxer().keys().create(Sandboxer.LOCAL_CONSUMER);
        console.print("An API key for the consumer \"local\"; it is not shown again:");
        console.print("");
        console.print("  export E2B_API_KEY=" + key.secret());
        console.print("  export E2B_API_URL=" + server.url());
        console.print("  export E2B_SANDBOX_URL=" + server.url());
        if (modal != null) {
            console.print("  export MODAL_SERVER_URL=" + modal.url());
            console.print("  export MODAL_TOKEN_ID=" + MODAL_TOKEN_ID);
            console.print("  export MODAL_TOKEN_SECRET=" + key.secret());
        }
        console.print("");
    }

    /** Ends the process after a signal, with status 0 unless closing fails. */
    private void end(SandboxerServer server, @Nullable ModalServer modal) {
        var status = 0;
        try {
            if (modal == null) {
                server.close();
            } else {
                closeBoth(server, modal);
            }
            installation.close();
        } catch (RuntimeException e) {
            console.note(String.valueOf(e.getMessage()));
            status = 1;
        }
        console.flush();
        Runtime.getRuntime().halt(status);
    }

    /** Closes both servers. They finish their requests at the same time, so that both end within the time limit. */
    private void closeBoth(SandboxerServer server, ModalServer modal) {
        var clock = sandboxer().clock();
        var latest = clock.instant().plus(drain.get());
        modal.refuseCalls();
        server.close();
        var left = Duration.between(clock.instant(), latest);
        modal.close(left.isNegative() ? Duration.ZERO : left);
    }
}
