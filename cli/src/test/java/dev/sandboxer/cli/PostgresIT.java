package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The distribution on PostgreSQL: the driver is on the class path when needed, and the password is never shown. */
class PostgresIT {
    private static final String CANARY = "fake-canary/4711";
    private static final String ENCODED = "fake-canary%2F4711";

    @AutoClose
    private final Cli home = Cli.onFreshHome();

    private final PostgresServer server = PostgresServer.get();
    private final String url = server.empty();
    private final CliProcess cli = new CliProcess(home.home()).with("SANDBOXER_DATABASE_URL", url);

    @AfterEach
    void destroyAll() {
        cli.run("destroy", "--all");
    }

    @Test
    void three_processes_create_use_and_destroy_a_sandbox_without_a_database_file() {
        var id = cli.create("--ttl", "5m");

        assertThat(cli.run("exec", id.substring(0, 8), "echo", "hello").line()).isEqualTo("hello");
        assertThat(cli.run("ls", "-q").out().lines()).containsExactly(id);
        assertThat(cli.run("destroy", id).status()).isZero();

        assertThat(cli.run("show", id).out()).contains("stopped (killed)");
        assertThat(home.home().resolve("sandboxer.db")).doesNotExist();
    }

    @Test
    void the_password_comes_from_a_file_too() throws IOException {
        var file = Files.writeString(home.home().resolve("password"), PostgresServer.PASSWORD + "\n");
        var bare = url.replace(":" + PostgresServer.PASSWORD, "");

        var listed = cli.with(
                        Map.of("SANDBOXER_DATABASE_URL", bare, "SANDBOXER_DATABASE_PASSWORD_FILE", file.toString()))
                .run("ls");

        assertThat(listed.status()).as(listed.err()).isZero();
    }

    @Test
    void doctor_and_config_say_which_database_is_used_and_show_no_password() {
        var location = url.replaceFirst("//.*@", "//");

        assertThat(cli.run("doctor").out()).contains("database    " + location).doesNotContain(PostgresServer.PASSWORD);
        assertThat(cli.run("config", "check").out())
                .contains("the database is " + location)
                .doesNotContain(PostgresServer.PASSWORD);
        assertThat(home.run("doctor").out())
                .contains("database    " + home.home().resolve("sandboxer.db"));
    }

    @Test
    void no_failure_shows_the_password() throws IOException {
        var host = "@127.0.0.1:" + server.port() + "/";
        for (String wrong : new String[] {
            "postgresql://postgres:" + ENCODED + host + "postgres",
            "postgresql://nobody:" + ENCODED + host + "postgres",
            "jdbc:postgresql://127.0.0.1:1/x?user=u&password=" + ENCODED,
            "postgresql://postgres:" + CANARY + host + "postgres",
            "postgresql://postgres:" + ENCODED + "%" + host + "postgres",
            "postgresql://postgres:" + ENCODED + host + "postgres?sslmode=" + ENCODED,
            "postgresql:" + ENCODED,
        }) {
            var failing = cli.with(Map.of("SANDBOXER_DATABASE_URL", wrong, "SANDBOXER_DEBUG", "1"));
            for (String command : new String[] {"ls", "create", "serve", "config", "doctor"}) {
                var result = failing.run(command);
                assertThat(said(result)).as(command).doesNotContain("canary").doesNotContain("4711");
            }
            assertThat(failing.run("ls").status()).as("with debug: " + wrong).isEqualTo(125);
        }
    }

    private static String said(Result result) {
        return result.out() + result.err();
    }
}
