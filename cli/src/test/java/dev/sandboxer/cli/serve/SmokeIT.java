package dev.sandboxer.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.CloudClient;
import dev.sandboxer.cli.FakeCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/smoke-cloud-adapter.sh}, which operators run with their credentials. */
class SmokeIT {
    private static final Path SCRIPT =
            CliProcess.PROGRAM.getParent().resolve("../../../../scripts/smoke-cloud-adapter.sh");
    private static final List<String> CREDENTIALS = List.of("E2B_API_KEY", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET");

    /** The directory that the script uses for temporary files; it shows what the script leaves. */
    @TempDir
    Path temporary;

    private Path here;

    @BeforeEach
    void make() throws IOException {
        here = FakeCloudProcess.newDirectory();
    }

    @AfterEach
    void remove() throws IOException {
        FakeCloudProcess.removeDirectory(here);
    }

    /** The exit status and output of the script. */
    private record Report(int status, String text) {
        String lastLine() {
            return text.strip().lines().toList().getLast();
        }
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        CREDENTIALS.forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        builder.environment().put("SANDBOXER_PROGRAM", CliProcess.PROGRAM.toString());
        builder.environment().put("SANDBOXER_AOT", "wait");
        builder.environment().put("TMPDIR", temporary.toString());
        return builder.start();
    }

    private static Report end(Process process) throws IOException, InterruptedException {
        var text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Report(process.exitValue(), text);
    }

    private Report smoke(Map<String, String> environment, String... arguments) throws Exception {
        return end(start(environment, arguments));
    }

    private void assertNothingKept() throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void without_credentials_it_skips_and_fails_only_if_they_are_required() throws Exception {
        var skipped = smoke(Map.of("MODAL_TOKEN_ID", "ak-fake"), "all");

        assertThat(skipped.status()).isZero();
        assertThat(skipped.text())
                .contains("e2b: skipped: E2B_API_KEY not set", "modal: skipped: MODAL_TOKEN_SECRET not set");
        assertThat(smoke(Map.of(), "e2b", "--require").status()).isEqualTo(1);
        assertThat(smoke(Map.of(), "mainframe").status()).isEqualTo(2);
        assertNothingKept();
    }

    @Test
    void a_cloud_that_works_passes_step_by_step_with_the_receipt_and_the_cost_and_nothing_is_left() throws Exception {
        try (var cloud = FakeCloudProcess.start(here, "faults: []\n")) {
            var report = smoke(cloud.client().environment(), "e2b");

            assertThat(report.status()).as(report.text()).isZero();
            assertThat(report.lastLine()).isEqualTo("e2b: passed");
            assertThat(report.text())
                    .contains(
                            "credential env.e2b@",
                            "of the platform",
                            "LIST PRICE",
                            "nothing is left in the account: ok")
                    .doesNotContain(CloudClient.KEY, "failed");
            assertThat(cloud.client().sandboxes()).isEmpty();
        }
        assertNothingKept();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                the credential is accepted                 | {operation: list, times: 1, status: 401}
                a sandbox is made, for 2m and at most 0.05 | {operation: create, status: 400, message: no}
                it runs a command                          | {operation: exec, status: 404, body: proxy}
                a file goes in and comes out               | {operation: upload, status: 403, message: no}
                """)
    void a_step_that_fails_is_named_with_its_reason_and_nothing_is_left(String step, String fault) throws Exception {
        try (var cloud = FakeCloudProcess.start(here, "faults:\n  - " + fault + "\n")) {
            var report = smoke(cloud.client().environment(), "e2b");

            assertThat(report.status()).as(report.text()).isEqualTo(1);
            assertThat(report.lastLine()).isEqualTo("e2b: FAILED: " + step);
            assertThat(report.text()).contains("  sandboxer: ").doesNotContain(CloudClient.KEY);
            assertThat(cloud.client().sandboxes()).isEmpty();
        }
        assertNothingKept();
    }

    @Test
    void modal_passes_the_same_steps() throws Exception {
        try (var cloud = FakeCloudProcess.startModal(here, "faults: []\n")) {
            var report = smoke(cloud.modalEnvironment(), "modal");

            assertThat(report.status()).as(report.text()).isZero();
            assertThat(report.lastLine()).isEqualTo("modal: passed");
            assertThat(report.text())
                    .contains(
                            "credential env.modal@",
                            "of the platform",
                            "LIST PRICE",
                            "nothing is left in the account: ok")
                    .doesNotContain(FakeCloudProcess.TOKEN_SECRET, "failed");
            assertThat(cloud.directories()).isEmpty();
        }
        assertNothingKept();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                the credential is accepted                 | {call: AuthTokenGet, status: UNAUTHENTICATED}
                a sandbox is made, for 2m and at most 0.05 | {call: ImageGetOrCreate, failBuild: no such image}
                it runs a command                          | {call: TaskExecStart, times: 1, status: FAILED_PRECONDITION, message: no}
                a file goes in and comes out               | {call: TaskExecStart, after: 1, status: FAILED_PRECONDITION, message: no}
                """)
    void a_step_that_fails_at_modal_is_named_with_its_reason_and_nothing_is_left(String step, String fault)
            throws Exception {
        try (var cloud = FakeCloudProcess.startModal(here, "faults:\n  - " + fault + "\n")) {
            var report = smoke(cloud.modalEnvironment(), "modal");

            assertThat(report.status()).as(report.text()).isEqualTo(1);
            assertThat(report.lastLine()).isEqualTo("modal: FAILED: " + step);
            assertThat(report.text()).contains("  sandboxer: ").doesNotContain(FakeCloudProcess.TOKEN_SECRET);
            assertThat(cloud.directories()).isEmpty();
        }
        assertNothingKept();
    }

    @Test
    void a_modal_that_does_not_end_the_sandbox_fails_and_its_record_is_kept() throws Exception {
        var plan = "faults:\n  - {call: SandboxTerminate(V2)?, status: INTERNAL}\n";
        try (var cloud = FakeCloudProcess.startModal(here, plan)) {
            var report = smoke(cloud.modalEnvironment(), "modal");

            assertThat(report.status()).as(report.text()).isEqualTo(1);
            assertThat(report.text()).contains("modal: FAILED: it is ended", "sandboxes may be left");
            assertKept();
        }
    }

    @Test
    void a_cloud_that_does_not_end_the_sandbox_fails_and_its_record_is_kept() throws Exception {
        try (var cloud = FakeCloudProcess.start(here, "faults:\n  - {operation: kill, status: 500}\n")) {
            var report = smoke(cloud.client().environment(), "e2b");

            assertThat(report.status()).as(report.text()).isEqualTo(1);
            assertThat(report.text()).contains("e2b: FAILED: it is ended", "sandboxes may be left");
            assertKept();
        }
    }

    private void assertKept() throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left)
                    .singleElement()
                    .satisfies(kept -> assertThat(kept.resolve("home")).isDirectory());
        }
    }

    @Test
    void a_signal_destroys_its_sandbox() throws Exception {
        try (var cloud = FakeCloudProcess.start(here, "faults:\n  - {operation: exec, hang: forever}\n")) {
            var process = start(cloud.client().environment(), "e2b");
            try (var lines = process.inputReader(UTF_8)) {
                String line;
                do {
                    line = lines.readLine();
                } while (line != null && !line.contains("a sandbox is made"));
                assertThat(cloud.client().sandboxes()).hasSize(1);
                // the shell acts on a signal only after its command has ended, so both get one, as on a terminal
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(cloud.client().sandboxes()).isEmpty();
        }
        assertNothingKept();
    }
}
