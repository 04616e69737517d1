package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.local.disk.Snapshotter;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process that copies a disk, or its caller, dies during the copy. */
@Timeout(120)
class SnapshotCrashIT {
    /** Large enough to stop the copier while it copies. */
    private static final SandboxSize LARGE = new SandboxSize(2000, 512, 300);

    private static final int ATTEMPTS = 20;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private LocalHome home;
    private BackendSandbox sandbox;

    @BeforeEach
    void create() throws Exception {
        home = LocalHome.withImages();
        sandbox = home.create("base", LARGE);
        home.sh(sandbox, "head -c 200000000 /dev/urandom >large; sync");
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        if (home != null) {
            home.close();
        }
    }

    @Test
    void a_copier_killed_during_the_copy_leaves_nothing_and_the_sandbox_runs() throws Exception {
        var attempt = startStoppedCopy();
        signal("KILL");
        assertThat(failureOf(attempt).kind()).isEqualTo(Kind.INTERNAL);
        requireNothingLeft();
        assertThat(home.images().snapshot(sandbox.ref(), "again").name()).isEqualTo("again");
    }

    @Test
    void a_copier_terminated_during_the_copy_leaves_nothing_and_the_sandbox_runs() throws Exception {
        var attempt = startStoppedCopy();
        signal("TERM");
        signal("CONT");
        assertThat(failureOf(attempt).kind()).isEqualTo(Kind.TRANSIENT);
        requireNothingLeft();
    }

    @Test
    void a_sandbox_destroyed_during_the_copy_leaves_no_snapshot() throws Exception {
        var attempt = startStoppedCopy();
        home.backend().destroy(sandbox.ref());
        signal("CONT");
        assertThat(failureOf(attempt).kind()).isEqualTo(Kind.GONE);
        assertThat(home.images().snapshots()).isEmpty();
        assertThat(home.folder(sandbox).exists()).isFalse();
    }

    @Test
    void an_interrupted_caller_leaves_the_copier_to_thaw_the_sandbox() throws Exception {
        var attempt = startStoppedCopy();
        attempt.cancel(true);
        signal("CONT");
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES))
                .as("the caller has returned")
                .isTrue();
        home.folder(sandbox).awaitSnapshot();
        requireNothingLeft();
    }

    @Test
    void a_copier_outlives_its_caller_and_the_sandbox_is_thawed_when_the_copier_dies_too() throws Exception {
        var command = new Snapshotter(home.images().snapshotStore(), agent(), home.clock())
                .command(
                        home.folder(sandbox),
                        home.freezer(sandbox),
                        home.folder(sandbox).unfinishedSnapshot());
        var copier = new ProcessBuilder(command)
                .redirectOutput(home.folder(sandbox).snapshotFile().toFile())
                .start();
        assertThat(isStoppedDuringCopy(() -> !copier.isAlive()))
                .as("stopped during the copy")
                .isTrue();
        assertThat(home.backend().find(sandbox.tag()).orElseThrow().paused()).isFalse();
        home.backend().list();
        assertThat(home.freezer(sandbox).isFrozen()).as("still frozen").isTrue();
        copier.destroyForcibly().waitFor();
        assertThat(home.backend().list()).hasSize(1);
        requireNothingLeft();
    }

    private void requireNothingLeft() throws Exception {
        assertThat(home.images().snapshots()).isEmpty();
        assertThat(home.folder(sandbox).unfinishedSnapshot()).doesNotExist();
        assertThat(home.freezer(sandbox).isFrozen()).as("frozen").isFalse();
        assertThat(home.backend().find(sandbox.tag()).orElseThrow().paused()).isFalse();
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    private Future<?> startStoppedCopy() throws Exception {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            var name = "cut" + attempt;
            var snapshot = threads.submit(() -> home.images().snapshot(sandbox.ref(), name));
            if (isStoppedDuringCopy(snapshot::isDone)) {
                return snapshot;
            }
            snapshot.get(); // the copy was already complete
            home.images().deleteSnapshot(name);
        }
        throw new AssertionError("the copier could not be stopped during a copy");
    }

    private boolean isStoppedDuringCopy(BooleanSupplier isOver) throws Exception {
        var freezer = home.freezer(sandbox);
        while (!freezer.isFrozen()) {
            if (isOver.getAsBoolean() || Thread.interrupted()) {
                return false;
            }
        }
        var pid = copierPid();
        if (pid.isEmpty()) {
            return false;
        }
        signal("STOP", pid.get());
        if (freezer.isFrozen()) {
            return true;
        }
        signal("CONT", pid.get()); // the copy was already complete
        return false;
    }

    private void signal(String name) throws IOException {
        signal(name, copierPid().orElseThrow());
    }

    private static void signal(String name, String pid) throws IOException {
        var alreadyEnded = 1;
        HostPrograms.run(List.of("kill", "-" + name, pid), Map.of(), Duration.ofSeconds(10), alreadyEnded);
    }

    /** Returns the pid of the process that copies this sandbox's disk. */
    private Optional<String> copierPid() throws IOException {
        var image = home.folder(sandbox).image().toString();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (commandLine(process).contains("\0snapshot\0")
                        && commandLine(process).contains(image)) {
                    return Optional.of(process.getFileName().toString());
                }
            }
        }
        return Optional.empty();
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    private Path agent() {
        return AgentBinary.in(home.directory());
    }

    private static ExtensionException failureOf(Future<?> attempt) throws InterruptedException {
        var failure = new ExtensionException[1];
        assertThatThrownBy(attempt::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(ExtensionException.class, e -> failure[0] = e);
        return failure[0];
    }
}
