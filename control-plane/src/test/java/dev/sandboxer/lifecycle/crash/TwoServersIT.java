package dev.sandboxer.lifecycle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.quotas.Usage;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FolderExtension;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes share a PostgreSQL database: one is stopped for longer than its leases and then continued, the other is killed. */
@Timeout(240)
class TwoServersIT {
    private static final int WHILE = 40;

    @TempDir
    Path folder;

    private final String url = PostgresServer.get().empty();
    private Server one;
    private Server other;

    /** One of the processes. */
    private record Server(Process process, AtomicInteger done) {
        static Server start(String url, Path folder) throws IOException {
            var process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SharedServer.class.getName(),
                            url,
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var done = new AtomicInteger();
            Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(line -> done.incrementAndGet()));
            return new Server(process, done);
        }

        /** Waits until it has made another change. */
        void awaitProgress() {
            var before = done.get();
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> done.get() >= before + WHILE || !process.isAlive());
            assertThat(process.isAlive()).as("it still runs").isTrue();
        }

        void signal(String name) throws IOException, InterruptedException {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(folder.resolve("running"));
        SharedServer.open(url, folder).close(); // creates the tables
        one = Server.start(url, folder);
        other = Server.start(url, folder);
    }

    @AfterEach
    void stop() throws InterruptedException {
        one.kill();
        other.kill();
    }

    @Test
    void a_process_that_stood_still_and_one_that_was_killed_leave_nothing_over() throws Exception {
        one.awaitProgress();
        other.awaitProgress();

        other.signal("STOP");
        awaitTakenOver(other);
        other.signal("CONT");
        other.awaitProgress();

        one.kill();
        other.awaitProgress();
        other.process().getOutputStream().close();
        assertThat(other.process().waitFor())
                .as("no change failed that must not")
                .isZero();

        try (var process = SharedServer.open(url, folder)) {
            repair(process);
            checkRunning(process);
            checkKeys(process);
            checkUsage(process);
        }
    }

    /** Checks that the leases of the killed process have run out and none of its changes is pending. */
    private void awaitTakenOver(Server stopped) {
        var identity = ProcessIdentity.of(stopped.process().pid()).worker("only");
        try (var process = SharedServer.open(url, folder)) {
            Awaitility.await()
                    .pollDelay(Transitions.LEASE.plusSeconds(2))
                    .atMost(90, TimeUnit.SECONDS)
                    .until(() -> process.sandboxes().list(TestInstallation.ME, false).stream()
                            .noneMatch(
                                    it -> it.leaseUntil() != null && it.actor().equals(identity)));
        }
    }

    private void repair(ControlPlane process) {
        process.sandboxes().repair().repairUnfinished();
        process.sandboxes().repair().reconcile(List.of(new FolderExtension(folder)));
    }

    private void checkRunning(ControlPlane process) throws IOException {
        var shown = new TreeMap<String, SandboxState>();
        for (Sandbox sandbox : process.sandboxes().list(TestInstallation.ME, false)) {
            assertThat(sandbox.pending()).as("pending of %s", sandbox).isNull();
            shown.put(String.valueOf(sandbox.ref()), sandbox.state());
        }
        var there = new TreeMap<String, SandboxState>();
        try (var homes = Files.list(folder.resolve("running"))) {
            homes.forEach(home -> there.put(
                    home.getFileName().toString(),
                    Files.exists(home.resolve("paused")) ? SandboxState.PAUSED : SandboxState.RUNNING));
        }
        assertThat(there).isEqualTo(shown);
    }

    private static void checkKeys(ControlPlane process) {
        assertThat(process.sandboxes().list(TestInstallation.ME, true).stream()
                        .filter(sandbox -> sandbox.metadata().containsKey("key"))
                        .filter(sandbox -> sandbox.state() != SandboxState.FAILED)
                        .collect(Collectors.groupingBy(
                                sandbox -> sandbox.metadata().get("key"))))
                .allSatisfy((key, sandboxes) -> assertThat(sandboxes).hasSize(1));
    }

    private static void checkUsage(ControlPlane process) {
        var all = process.sandboxes().list(TestInstallation.ME, false);
        var awake = all.stream()
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING)
                .count();
        assertThat(all).hasSizeLessThanOrEqualTo(SharedServer.MAX_LIVE);
        assertThat(process.quotas().usage(TestInstallation.ME))
                .isEqualTo(new Usage(
                        all.size(),
                        awake * TestInstallation.SIZE.cpuMillis(),
                        (long) all.size() * TestInstallation.SIZE.memoryMiB()));
    }
}
