package dev.sandboxer.cli.sandboxes.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path here;

    @Test
    void an_incomplete_file_leaves_nothing_behind() throws IOException {
        breakOff(here.resolve("new"));

        assertThat(Cli.entries(here)).isEmpty();
    }

    @Test
    void an_incomplete_file_does_not_change_an_existing_one() throws IOException {
        var old = Files.writeString(here.resolve("old"), "whole");

        breakOff(old);

        assertThat(old).hasContent("whole");
        assertThat(Cli.entries(here)).containsExactly(old);
    }

    @Test
    void a_complete_file_replaces_an_existing_one_and_keeps_its_permissions() throws IOException {
        var old = Files.writeString(here.resolve("old"), "before");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-rw----"));

        write(old, "after");

        assertThat(old).hasContent("after");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old)))
                .isEqualTo("rw-rw----");
        assertThat(Cli.entries(here)).containsExactly(old);
    }

    @Test
    void a_link_named_by_the_user_stays_a_link() throws IOException {
        var old = Files.writeString(here.resolve("old"), "before");
        var link = Files.createSymbolicLink(here.resolve("link"), old);
        var dangling = Files.createSymbolicLink(here.resolve("dangling"), here.resolve("fresh"));

        write(link, "after");
        write(dangling, "made");

        assertThat(link).isSymbolicLink();
        assertThat(old).hasContent("after");
        assertThat(dangling).isSymbolicLink();
        assertThat(here.resolve("fresh")).hasContent("made");
    }

    @Test
    void a_device_is_written_to_and_not_replaced() throws IOException {
        write(Path.of("/dev/null"), "gone");

        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    private static void write(Path target, String content) throws IOException {
        try (var whole = AtomicFile.of(target)) {
            try (var out = whole.open()) {
                out.write(content.getBytes(UTF_8));
            }
            whole.complete();
        }
    }

    private static void breakOff(Path target) throws IOException {
        try (var whole = AtomicFile.of(target);
                var out = whole.open()) {
            out.write("hal".getBytes(UTF_8));
        }
    }
}
