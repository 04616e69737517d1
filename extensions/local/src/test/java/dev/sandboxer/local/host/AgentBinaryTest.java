package dev.sandboxer.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's executable is unpacked, also on a full disk and while other threads start programs. */
class AgentBinaryTest {
    @TempDir
    Path here;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "sandboxer-test", here.toString()) == 0,
                "needs the right to mount a tmpfs");
    }

    @AfterEach
    void unmountSmallDisk() throws Exception {
        run("umount", "--lazy", here.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }

    @Test
    void an_agent_that_does_not_fit_on_the_disk_leaves_nothing_and_says_why() throws IOException {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> AgentBinary.in(here))
                .withMessageContaining("the host's disk is full")
                .satisfies(
                        failure -> assertThat(HostFailure.isDiskFull(failure)).isTrue());

        assertThat(entries()).isEmpty();
    }

    @Test
    void an_agent_of_an_older_version_ends_sandboxes_when_the_disk_is_full() throws IOException {
        var older = Files.writeString(here.resolve("agent-0123456789abcdef"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(older, PosixFilePermissions.fromString("rwxr-xr-x"));

        try (var agent = AgentBinary.forRemoval(here)) {
            assertThat(agent.path()).isEqualTo(older);
        }

        assertThat(older).exists();
    }

    @Test
    void without_an_older_agent_a_temporary_copy_in_memory_is_used() throws Exception {
        Path path;
        try (var agent = AgentBinary.forRemoval(here)) {
            path = agent.path();
            assertThat(path).isExecutable();
            assertThat(run(path.toString(), "end", "--timeout-ms", "1000")).isZero();
        }

        assertThat(path).doesNotExist();
        assertThat(entries()).isEmpty();
    }

    /** A program that another thread starts has, for a moment, every file open that this process has open. */
    @Test
    void an_unpacked_agent_can_be_started_while_other_threads_start_programs() throws Exception {
        run("mount", "-o", "remount,size=16m", here.toString());
        var over = new AtomicBoolean();
        var others = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                uncheckedRun("/bin/true");
            }
        });
        try {
            for (var i = 0; i < 200; i++) {
                var agent = AgentBinary.in(Files.createDirectory(here.resolve("home")));
                assertThat(run(agent.toString(), "end", "--timeout-ms", "1000")).isZero();
                Files.delete(agent);
                Files.delete(here.resolve("home"));
            }
        } finally {
            over.set(true);
            others.join();
        }
    }

    private static void uncheckedRun(String... command) {
        try {
            run(command);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Path> entries() throws IOException {
        try (var all = Files.list(here)) {
            return all.toList();
        }
    }
}
