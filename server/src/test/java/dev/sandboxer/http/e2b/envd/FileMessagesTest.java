package dev.sandboxer.http.e2b.envd;

import static dev.sandboxer.protocol.e2b.FilesystemProto.FileType.FILE_TYPE_DIRECTORY;
import static dev.sandboxer.protocol.e2b.FilesystemProto.FileType.FILE_TYPE_FILE;
import static dev.sandboxer.protocol.e2b.FilesystemProto.FileType.FILE_TYPE_UNSPECIFIED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.FilesystemProto;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FileMessagesTest {
    @Test
    void permissions_are_written_as_go_writes_them() {
        assertThat(permissions(FileType.FILE, 0644)).isEqualTo("-rw-r--r--");
        assertThat(permissions(FileType.FILE, 0)).isEqualTo("----------");
        assertThat(permissions(FileType.FILE, 0777)).isEqualTo("-rwxrwxrwx");
        assertThat(permissions(FileType.FILE, 0421)).isEqualTo("-r---w---x");
        assertThat(permissions(FileType.DIRECTORY, 0755)).isEqualTo("drwxr-xr-x");
        assertThat(permissions(FileType.SYMLINK, 0777)).isEqualTo("Lrwxrwxrwx");
        assertThat(permissions(FileType.OTHER, 0020666)).as("/dev/null").isEqualTo("Dcrw-rw-rw-");
        assertThat(permissions(FileType.OTHER, 0021666)).isEqualTo("Dctrw-rw-rw-");
        assertThat(permissions(FileType.OTHER, 0060660)).as("a disk").isEqualTo("Drw-rw----");
        assertThat(permissions(FileType.OTHER, 0010644)).as("a FIFO").isEqualTo("prw-r--r--");
        assertThat(permissions(FileType.OTHER, 0140755)).as("a socket").isEqualTo("Srwxr-xr-x");
        assertThat(permissions(FileType.OTHER, 0666)).as("unknown type").isEqualTo("?rw-rw-rw-");
    }

    @Test
    void special_bits_are_leading_letters() {
        assertThat(permissions(FileType.FILE, 04755)).isEqualTo("urwxr-xr-x");
        assertThat(permissions(FileType.FILE, 02755)).isEqualTo("grwxr-xr-x");
        assertThat(permissions(FileType.FILE, 06755)).isEqualTo("ugrwxr-xr-x");
        assertThat(permissions(FileType.DIRECTORY, 01777)).isEqualTo("dtrwxrwxrwx");
        assertThat(FileMessages.entry(entry(FileType.FILE, FileType.FILE, 04755, null))
                        .getMode())
                .as("the mode has the nine bits only")
                .isEqualTo(0755);
    }

    @Test
    void a_links_type_is_its_targets_and_a_dangling_link_has_none() {
        assertThat(type(FileType.FILE)).isEqualTo(FILE_TYPE_FILE);
        assertThat(type(FileType.DIRECTORY)).isEqualTo(FILE_TYPE_DIRECTORY);
        assertThat(type(FileType.UNKNOWN)).isEqualTo(FILE_TYPE_UNSPECIFIED);
        assertThat(type(FileType.OTHER)).isEqualTo(FILE_TYPE_UNSPECIFIED);
    }

    @Test
    void sizes_are_strings_and_absent_fields_are_left_out() {
        var json = new String(
                Codec.JSON.write(FileMessages.entry(entry(FileType.FILE, FileType.FILE, 0644, null))), UTF_8);

        assertThat(json).contains("\"size\":\"12345678901\"").doesNotContain("symlinkTarget", "metadata", "null");
        assertThat(json).contains("\"modifiedTime\":\"2026-11-24T12:00:00.123456789Z\"");
    }

    @Test
    void every_event_except_lost_events_has_a_type() {
        for (var kind : FileEvent.Kind.values()) {
            var event = new FileEvent(kind, "name", null);
            if (kind == FileEvent.Kind.OVERFLOW) {
                assertThatThrownBy(() -> FileMessages.event(event))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("events were lost");
            } else {
                assertThat(FileMessages.event(event).getType()).hasToString("EVENT_TYPE_" + kind);
            }
        }
    }

    @Test
    void only_the_users_own_home_can_be_abbreviated() {
        for (String good : new String[] {"", "~", "~/", "~/a", "a~b", "/~bob", "./~bob", "a/../b", "/"}) {
            assertThat(SandboxPaths.check(good)).isEqualTo(good);
        }
        assertThat(SandboxPaths.check(null)).isEmpty();
        for (String other : new String[] {"~bob", "~bob/x", "~~", "~\0"}) {
            assertThatThrownBy(() -> SandboxPaths.check(other)).as(other).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void a_depth_is_unsigned_and_at_least_one_level() {
        assertThat(FileMessages.levels(0)).isEqualTo(1);
        assertThat(FileMessages.levels(1)).isEqualTo(1);
        assertThat(FileMessages.levels(7)).isEqualTo(7);
        assertThat(FileMessages.levels(-1)).as("4294967295").isEqualTo(Integer.MAX_VALUE);
    }

    private static String permissions(FileType type, int mode) {
        return FileMessages.entry(entry(type, type, mode, null)).getPermissions();
    }

    private static FilesystemProto.FileType type(FileType target) {
        return FileMessages.entry(entry(FileType.SYMLINK, target, 0777, null)).getType();
    }

    private static FileEntry entry(FileType type, FileType target, int mode, @Nullable String linkTarget) {
        return FileEntry.builder("/n", type)
                .targetType(target)
                .mode(mode)
                .size(12_345_678_901L)
                .owner(1000, "user")
                .group(1000, "user")
                .modifiedAt(Instant.parse("2026-11-24T12:00:00.123456789Z"))
                .linkTarget(linkTarget)
                .build();
    }
}
