package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.local.folder.FolderLock;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pausing, resuming, and every combination of folder and freezer state that a process leaves when it dies in between. */
@Timeout(60)
class PausedSandboxIT {
    private static final Duration HOUR = Duration.ofHours(1);

    private LocalHome home;
    private BackendSandbox sandbox;

    @BeforeEach
    void create() throws IOException {
        home = LocalHome.open(RootSource.ofThisHost());
        sandbox = home.create();
    }

    @AfterEach
    void close() throws IOException {
        if (home != null) {
            home.close();
        }
    }

    @Test
    void new_and_open_sessions_of_a_paused_sandbox_are_refused_at_once() {
        try (var session = home.backend().connect(sandbox.ref())) {
            home.backend().pause(sandbox.ref(), home.in(HOUR));
            fails(Kind.TRANSIENT, () -> home.backend().connect(sandbox.ref()));
            fails(Kind.TRANSIENT, () -> session.processes().start(ProcessSpec.of("true")));
            fails(Kind.TRANSIENT, () -> session.files().stat("/", null));
            fails(Kind.TRANSIENT, () -> session.ports().dial(80));
        }
    }

    @Test
    void a_paused_sandbox_past_its_deadline_is_ended_by_find() {
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        home.clock().putForward(HOUR.plusSeconds(1));
        assertThat(home.backend().find(sandbox.tag())).isEmpty();
        assertThat(home.folder(sandbox).exists()).as("its folder is left").isFalse();
    }

    @Test
    void a_paused_sandbox_past_its_deadline_is_ended_by_list() {
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        home.clock().putForward(HOUR.plusSeconds(1));
        assertThat(home.backend().list()).isEmpty();
        assertThat(home.folder(sandbox).exists()).as("its folder is left").isFalse();
    }

    @Test
    void a_paused_sandbox_past_its_deadline_cannot_be_resumed() {
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        home.clock().putForward(HOUR.plusSeconds(1));
        fails(Kind.GONE, () -> home.backend().resume(sandbox.ref(), home.in(HOUR)));
        assertThat(home.freezer(sandbox).isFrozen()).as("still frozen").isTrue();
    }

    @Test
    void a_running_sandbox_ignores_the_deadline_of_a_pause_that_was_never_completed() throws Exception {
        var folder = home.folder(sandbox);
        folder.write(folder.request().orElseThrow().withPausedUntil(home.in(HOUR)));
        home.clock().putForward(HOUR.plusSeconds(1));
        assertThat(home.backend().find(sandbox.tag())).hasValueSatisfying(it -> {
            assertThat(it.paused()).isFalse();
            assertThat(it.deadline()).isEqualTo(sandbox.deadline());
        });
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    @Test
    void an_interrupted_pause_is_completed_by_the_next_pause() throws Exception {
        var folder = home.folder(sandbox);
        folder.write(folder.request().orElseThrow().withPausedUntil(home.in(HOUR)));
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        assertThat(home.backend().find(sandbox.tag()).orElseThrow().paused()).isTrue();
        home.backend().resume(sandbox.ref(), home.in(HOUR));
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    @Test
    void an_interrupted_resume_is_completed_by_find() throws Exception {
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        var folder = home.folder(sandbox);
        folder.write(folder.request().orElseThrow().withDeadline(home.in(HOUR)));
        assertThat(home.backend().find(sandbox.tag()).orElseThrow().paused()).isFalse();
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    @Test
    void an_interrupted_resume_is_completed_by_the_next_resume() throws Exception {
        home.backend().pause(sandbox.ref(), home.in(HOUR));
        var folder = home.folder(sandbox);
        folder.write(folder.request().orElseThrow().withDeadline(home.in(HOUR)));
        home.backend().resume(sandbox.ref(), home.in(HOUR));
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    @Test
    void a_new_session_thaws_a_frozen_sandbox_that_is_not_paused() throws Exception {
        home.freezer(sandbox).freeze(Duration.ofSeconds(10));
        assertThat(home.sh(sandbox, "echo alive")).isEqualTo("alive");
    }

    @Test
    void a_sandbox_frozen_by_an_operation_in_progress_is_not_thawed() throws Exception {
        try (var _ = FolderLock.take(home.folder(sandbox))) {
            home.freezer(sandbox).freeze(Duration.ofSeconds(10));
            assertThat(home.backend().list())
                    .singleElement()
                    .satisfies(it -> assertThat(it.paused()).isFalse());
            assertThat(home.freezer(sandbox).isFrozen()).as("still frozen").isTrue();
        }
        home.backend().list();
        assertThat(home.freezer(sandbox).isFrozen())
                .as("still frozen, but not paused")
                .isFalse();
    }

    @Test
    void a_sandbox_that_keeps_starting_processes_can_be_paused_every_time() throws Exception {
        var busy = "for i in 1 2 3 4; do (while :; do /bin/true; done) & done; echo busy; wait";
        try (var session = home.backend().connect(sandbox.ref());
                var process = session.processes().start(ProcessSpec.of("sh", "-c", busy))) {
            assertThat(process.next(Duration.ofSeconds(30))).as("it has begun").isNotNull();
            for (int round = 0; round < 200; round++) {
                home.backend().pause(sandbox.ref(), home.in(HOUR));
                home.backend().resume(sandbox.ref(), home.in(HOUR));
            }
        }
    }

    private static void fails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
