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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's executable on a host whose disk is full. */
class AgentBinaryTest {
    @TempDir
    Path here;

    @BeforeEach
    void make_the_disk() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "sandboxer-test", here.toString()) == 0,
                "no small disk can be mounted here");
    }

    @AfterEach
    void take_it_away() throws Exception {
        run("umount", "--lazy", here.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }

    @Test
    void an_agent_that_finds_no_room_leaves_nothing_and_says_why() throws IOException {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> AgentBinary.in(here))
                .withMessageContaining("the host's disk is full")
                .satisfies(
                        failure -> assertThat(HostFailure.isDiskFull(failure)).isTrue());

        assertThat(entries()).isEmpty();
    }

    @Test
    void what_an_older_version_has_left_ends_sandboxes_then() throws IOException {
        var older = Files.writeString(here.resolve("agent-0123456789abcdef"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(older, PosixFilePermissions.fromString("rwxr-xr-x"));

        try (var agent = AgentBinary.forRemoval(here)) {
            assertThat(agent.path()).isEqualTo(older);
        }

        assertThat(older).exists();
    }

    @Test
    void without_any_it_is_the_same_agent_in_memory_for_as_long_as_it_is_needed() throws Exception {
        Path path;
        try (var agent = AgentBinary.forRemoval(here)) {
            path = agent.path();
            assertThat(path).isExecutable();
            assertThat(run(path.toString(), "end", "--timeout-ms", "1000")).isZero();
        }

        assertThat(path).doesNotExist();
        assertThat(entries()).isEmpty();
    }

    private List<Path> entries() throws IOException {
        try (var all = Files.list(here)) {
            return all.toList();
        }
    }
}
