package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CloudClient;
import dev.sandboxer.cli.FakeCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fake E2B as users start it. */
class FakeCloudIT {
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
    void it_prints_one_line_when_it_listens_and_accepts_only_the_given_key() throws Exception {
        try (var cloud = FakeCloudProcess.start(here, "faults: []\n")) {
            assertThat(cloud.said()).hasSize(1);
            assertThat(cloud.url()).matches("http://127\\.0\\.0\\.1:[0-9]+");
            assertThat(cloud.client().get("/v2/sandboxes").statusCode()).isEqualTo(200);
            assertThat(new CloudClient(cloud.url(), "e2b_" + "0".repeat(40))
                            .get("/v2/sandboxes")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(cloud.end()).isZero();
        }
    }

    @Test
    void without_a_key_it_generates_one_and_prints_it_first() throws Exception {
        try (var cloud = FakeCloudProcess.launch(here, "--port", "0")) {
            cloud.awaitListening();

            assertThat(cloud.said()).hasSize(2);
            assertThat(cloud.said().getFirst()).matches("key e2b_[0-9a-f]{40}");
            var key = cloud.said().getFirst().substring("key ".length());
            assertThat(new CloudClient(cloud.url(), key).get("/v2/sandboxes").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_signal_ends_it_and_its_sandboxes_and_nothing_is_left() throws Exception {
        var processes = new ArrayList<Long>();
        try (var cloud = FakeCloudProcess.start(here, "faults: []\n")) {
            var client = cli.with(cloud.client().environment());
            client.create("-p", "e2b-burst");
            client.create("-p", "e2b-burst");
            assertThat(cloud.client().sandboxes()).hasSize(2);
            processes.addAll(cloud.processes());
            assertThat(processes).hasSize(2).allMatch(FakeCloudIT::runs);

            assertThat(cloud.end()).isZero();
            assertThat(cloud.log()).doesNotContain("is kept");
        }
        // already killed, but the kernel may still list it
        await().atMost(Duration.ofSeconds(30)).until(() -> processes.stream().noneMatch(FakeCloudIT::runs));
        assertThat(Cli.entries(here)).as("only what the test has made").allMatch(Files::isRegularFile);
    }

    private static boolean runs(long pid) {
        return Files.exists(Path.of("/proc/" + pid));
    }

    @Test
    void a_broken_plan_is_reported_with_its_place_and_nothing_listens() throws Exception {
        var plan = Files.writeString(here.resolve("plan.yaml"), "faults:\n  - operation: creat\n    status: 429\n");
        try (var cloud = FakeCloudProcess.launch(here, "--port", "0", "--faults", plan.toString())) {
            assertThat(cloud.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(cloud.process().exitValue()).isEqualTo(125);
            assertThat(cloud.log()).contains("plan.yaml:2:16 faults[0].operation: is not an operation");
        }
    }

    @Test
    void a_port_in_use_is_a_failure_that_leaves_nothing() throws Exception {
        try (var first = FakeCloudProcess.start(here, "faults: []\n")) {
            var second = FakeCloudProcess.launch(here, "--port", first.url().replaceAll(".*:", ""));
            assertThat(second.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(second.process().exitValue()).isEqualTo(125);
            assertThat(second.log()).contains("[listen_failed]");
        }
    }

    @Test
    void the_help_does_not_list_it() {
        assertThat(cli.run("--help").out()).contains("serve").doesNotContain("fake-cloud");
    }
}
