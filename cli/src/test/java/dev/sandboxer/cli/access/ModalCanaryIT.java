package dev.sandboxer.cli.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.cli.FakeCloudProcess;
import dev.sandboxer.cli.serve.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fake Modal repeats the secret of the token in its refusals. The secret may appear nowhere. */
class ModalCanaryIT {
    private static final String SECRET = FakeCloudProcess.TOKEN_SECRET;
    private static final String BASE64 = Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8));
    private static final String REFUSALS = """
            faults:
              - {call: AuthTokenGet, times: 1, status: UNAUTHENTICATED, message: "the token SECRET BASE64 is bad"}
              - {call: AppGetOrCreate, times: 1, status: INVALID_ARGUMENT, message: "no app for SECRET BASE64"}
              - {call: ImageGetOrCreate, times: 1, failBuild: "pulled with SECRET BASE64"}
              - {call: SandboxCreateV2, times: 1, status: INVALID_ARGUMENT, message: "made with SECRET BASE64"}
              - {call: SandboxCreateV2, times: 1, status: RESOURCE_EXHAUSTED, message: "the limit of SECRET BASE64"}
              - {call: TaskExecStart, times: 1, status: FAILED_PRECONDITION, message: "SECRET BASE64 may not"}
            """;
    private static final String EVERYTHING_AT_MODAL = """
            profiles:
              profile.base:
                route: [ext.modal]
                templates: {ext.modal: "image:debian:bookworm-slim"}
                cpu: 1
                memory: 512MiB
                disk: 1GiB
                ttl: 5m
                maxTtl: 1h
                network: backend-default
            """;

    @AutoClose
    private final Cli home = Cli.onFreshHome();

    @AutoClose
    private final Cli away = Cli.onFreshHome();

    private final Map<String, String> seen = new TreeMap<>();
    private Path here;

    @BeforeEach
    void make() throws IOException {
        here = FakeCloudProcess.newDirectory();
    }

    @AfterEach
    void remove() throws IOException {
        FakeCloudProcess.removeDirectory(here);
    }

    private FakeCloudProcess start() throws IOException {
        return FakeCloudProcess.startModal(
                here, REFUSALS.replace("SECRET", SECRET).replace("BASE64", BASE64));
    }

    @Test
    void no_command_shows_the_secret_and_no_file_contains_it() throws Exception {
        try (var cloud = start()) {
            var cli = home.process().with(cloud.modalEnvironment());
            assertThat(use(cli))
                    .contains("is bad", "no app for", "pulled with", "made with", "the limit of", "may not");
            see("credentials", cli.run("credentials", "ls", "--json"));
            see("route", cli.run("route", "burst-sandbox", "--json"));
        }
        files(home.home());
        assertSecretIsNowhere();
    }

    @Test
    void a_server_with_sandboxes_at_modal_does_not_show_the_secret() throws Exception {
        Files.writeString(home.home().resolve("config.yaml"), EVERYTHING_AT_MODAL);
        try (var cloud = start();
                var server = new ServerProcess(home.process().with(cloud.modalEnvironment()))) {
            var said = server.start("--modal-listen", "127.0.0.1:0", "--drain", "1s");
            seen.put("said", said.toString());
            assertThat(use(away.process().with(ServerProcess.modalEnvironment(said))))
                    .contains("made with");
            assertThat(server.stop()).isZero();
            seen.put("log", server.log().toString());
        }
        files(home.home());
        files(away.home());
        assertSecretIsNowhere();
    }

    /** Asks for a sandbox until one is created and uses it. Returns all output. */
    private String use(CliProcess cli) {
        var all = new StringBuilder();
        Result made;
        var tries = 0;
        do {
            see("check " + tries, cli.run("credentials", "check"));
            made = cli.run("create", "-p", "burst-sandbox", "--only", "ext.modal");
            see("create " + tries, made);
            all.append(made.err());
        } while (made.status() != 0 && ++tries < 10);
        assertThat(made.status()).as(all.toString()).isZero();
        var used = cli.run("exec", made.line(), "--", "env");
        see("exec", used);
        all.append(used.err());
        see("exec again", cli.run("exec", made.line(), "--", "env"));
        for (String id : cli.run("ls", "--all", "--quiet").out().lines().toList()) {
            see("show " + id, cli.run("show", id, "--json"));
        }
        see("destroy", cli.run("destroy", made.line()));
        return all + seen.toString();
    }

    private void see(String what, Result result) {
        seen.put(what, result.out() + result.err());
    }

    private void files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                seen.put(file.toString(), Files.readString(file, ISO_8859_1));
            }
        }
    }

    private void assertSecretIsNowhere() {
        for (var place : seen.entrySet()) {
            for (String form : List.of(SECRET, SECRET.substring(3), BASE64.substring(0, BASE64.length() - 4))) {
                assertThat(place.getValue()).as(place.getKey()).doesNotContain(form);
            }
        }
    }
}
