package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.FakeCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fake Modal as users start it, and the command line with it. */
class FakeModalIT {
    private static final String NO_FAULTS = "faults: []\n";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    private Path here;

    @BeforeEach
    void make() throws IOException {
        here = FakeCloudProcess.newDirectory();
    }

    @AfterEach
    void remove() throws IOException {
        FakeCloudProcess.removeDirectory(here);
    }

    @Test
    void it_prints_one_line_when_it_listens_and_accepts_only_the_given_token() throws Exception {
        try (var cloud = FakeCloudProcess.startModal(here, NO_FAULTS)) {
            assertThat(cloud.said()).hasSize(1);
            assertThat(cloud.url()).matches("http://127\\.0\\.0\\.1:[0-9]+");
            var right = cli.with(cloud.modalEnvironment());
            assertThat(right.run("ls", "--at", "ext.modal").status()).isZero();

            for (String variable : new String[] {"MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET"}) {
                var wrong = right.with(variable, "as-wrong").run("ls", "--at", "ext.modal");
                assertThat(wrong.status()).isEqualTo(125);
                assertThat(wrong.err()).contains("[credential_refused]").doesNotContain("as-wrong");
            }
            assertThat(cloud.end()).isZero();
        }
    }

    @Test
    void without_a_token_it_generates_one_and_prints_it_first() throws Exception {
        try (var cloud = FakeCloudProcess.launchModal(here, "--port", "0")) {
            cloud.awaitListening();

            assertThat(cloud.said()).hasSize(2);
            assertThat(cloud.said().getFirst()).matches("token [A-Za-z0-9_-]+:[A-Za-z0-9_-]+");
            var token = cloud.said().getFirst().substring("token ".length()).split(":");
            var client = cli.with("MODAL_SERVER_URL", cloud.url())
                    .with("MODAL_TOKEN_ID", token[0])
                    .with("MODAL_TOKEN_SECRET", token[1]);
            assertThat(client.run("ls", "--at", "ext.modal").status()).isZero();
        }
    }

    @Test
    void a_burst_sandbox_runs_in_the_fake_cloud_is_shown_there_and_leaves_nothing() throws Exception {
        try (var cloud = FakeCloudProcess.startModal(here, NO_FAULTS)) {
            var client = cli.with(cloud.modalEnvironment()).with("E2B_API_KEY", "");

            var id = client.create("-p", "burst-sandbox");

            assertThat(client.run("exec", id, "--", "sh", "-c", "echo out; exit 7")
                            .status())
                    .isEqualTo(7);
            assertThat(client.run("show", id).out()).contains("ext.modal created", "env.modal@", "of the platform");
            assertThat(client.run("extend", id, "1m").err()).contains("[unsupported]");
            assertThat(client.run("destroy", id).status()).isZero();
            assertThat(client.run("ls", "--at", "ext.modal", "--quiet").out()).isEmpty();
        }
    }

    @Test
    void a_signal_ends_it_and_its_sandboxes_and_nothing_is_left() throws Exception {
        try (var cloud = FakeCloudProcess.startModal(here, NO_FAULTS)) {
            var client = cli.with(cloud.modalEnvironment());
            client.create("-p", "burst-sandbox", "--only", "ext.modal");
            client.create("-p", "modal-gpu");
            assertThat(cloud.processes()).hasSize(2);

            assertThat(cloud.end()).isZero();
            assertThat(cloud.log()).doesNotContain("is kept");
        }
        assertThat(Cli.entries(here)).as("only what the test has made").allMatch(Files::isRegularFile);
    }

    @Test
    void a_broken_plan_is_reported_with_its_place_and_nothing_listens() throws Exception {
        var plan = Files.writeString(here.resolve("plan.yaml"), """
                faults:
                  - {call: SandboxCreat, status: UNAVAILABLE}
                  - {call: SandboxCreateV2, status: 503}
                """);

        assertFails("plan.yaml:2:12 faults[0].call: matches no call", "--port", "0", "--faults", plan.toString());
        assertFails("plan.yaml:3:37 faults[1].status: ", "--port", "0", "--faults", plan.toString());
    }

    @Test
    void half_a_token_and_a_key_of_another_cloud_are_refused() throws Exception {
        for (String half : new String[] {"ak-rehearsal", "ak-rehearsal:", ":as-rehearsal", "a:b:c", "a b:c"}) {
            assertFails("a token is ID:SECRET", "--port", "0", "--token", half);
        }
        assertFails("modal has tokens, not keys; use --token", "--port", "0", "--key", "e2b_0");
    }

    private void assertFails(String reason, String... options) throws Exception {
        try (var cloud = FakeCloudProcess.launchModal(here, options)) {
            assertThat(cloud.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(cloud.process().exitValue()).as(cloud.log()).isIn(2, 125);
            assertThat(cloud.log()).contains(reason);
        }
    }
}
