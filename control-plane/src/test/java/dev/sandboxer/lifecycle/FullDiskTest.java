package dev.sandboxer.lifecycle;

import static dev.sandboxer.lifecycle.InstallationTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.SmallDisk;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
    @TempDir
    Path home;

    @Test
    void an_end_frees_the_space_for_its_own_record() throws IOException {
        onFullDisk((installation, process, sandbox) -> {
            installation.first().watch(point -> {
                if (point.equals("DESTROY after")) {
                    free();
                }
            });

            var ended = process.sandboxes().destroy(sandbox);

            assertThat(ended.state()).isEqualTo(SandboxState.STOPPED);
            assertThat(ended.reason()).isEqualTo(EndReason.KILLED);
            assertThat(process.sandboxes().find(sandbox.id())).contains(ended);
            assertThat(installation.running()).isEmpty();
        });
    }

    @Test
    void an_end_that_can_not_be_recorded_is_found_by_the_next_process() throws IOException {
        onFullDisk((installation, process, sandbox) -> {
            assertFails(ErrorCode.DISK_FULL, () -> process.sandboxes().destroy(sandbox));
            assertThat(installation.running()).isEmpty();
            assertThat(process.sandboxes().find(sandbox.id()).orElseThrow().state())
                    .isEqualTo(SandboxState.RUNNING);

            free();
            installation.repair();

            var found = process.sandboxes().find(sandbox.id()).orElseThrow();
            assertThat(found.state()).isEqualTo(SandboxState.STOPPED);
            assertThat(found.reason()).isEqualTo(EndReason.LOST);
        });
    }

    @Test
    void an_end_that_is_recorded_later_has_its_true_time_and_reason() throws IOException {
        var heard = new ArrayList<Transition>();
        onFullDisk(
                (installation, process, sandbox) -> {
                    var end = installation.clock().instant();
                    assertFails(ErrorCode.DISK_FULL, () -> process.sandboxes().destroy(sandbox));

                    free();
                    installation.clock().advance(Duration.ofMinutes(3));
                    process.sandboxes().repair().reconcile(installation.extensions());

                    assertThat(heard.getLast().cause()).isEqualTo(Cause.ENDED);
                    assertThat(heard.getLast().after().endedAt()).isEqualTo(end);
                    assertThat(heard.getLast().after().reason()).isEqualTo(EndReason.KILLED);
                    assertThat(process.sandboxes().find(sandbox.id()))
                            .contains(heard.getLast().after());
                },
                (handle, transition) -> heard.add(transition));
    }

    @Test
    void when_the_backend_fails_too_the_message_promises_no_further_try() throws IOException {
        onFullDisk((installation, process, sandbox) -> {
            installation.first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

            assertFails(ErrorCode.BACKEND_FAILED, () -> process.sandboxes().destroy(sandbox))
                    .hasMessageEndingWith("; try again");
            assertThat(process.sandboxes().find(sandbox.id())).contains(sandbox);
        });
    }

    private interface Story {
        void happens(TestInstallation installation, ControlPlane process, Sandbox sandbox);
    }

    private void onFullDisk(Story story) throws IOException {
        onFullDisk(story, (handle, transition) -> {});
    }

    private void onFullDisk(Story story, TransitionListener listener) throws IOException {
        try (var _ = SmallDisk.on(home, 4)) {
            var installation = new TestInstallation(home);
            installation.listen(listener);
            try (var process = installation.start()) {
                var sandbox = process.sandboxes().create(installation.request());
                fill();
                story.happens(installation, process, sandbox);
            }
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private void free() {
        try {
            Files.delete(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return home.resolve("ballast");
    }
}
