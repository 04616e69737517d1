package dev.sandboxer.extension.tck.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract for the owner, mode, modification time and metadata of files. */
public abstract class FileOwnerContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected FileOwnerContract() {}

    @Test
    void a_new_file_and_the_directories_on_its_way_belong_to_the_default_user() {
        var top = box().newDirectory();
        assertIsUsers(box().write(top + "/a/b/file", "x"));
        assertIsUsers(files().stat(top + "/a/b", null));
        assertIsUsers(files().stat(top + "/a", null));
        assertIsUsers(files().makeDirectory(top + "/c/d", null));
        assertIsUsers(files().stat(top + "/c", null));
        assertIsUsers(files().makeSymlink("nowhere", top + "/e/link", null));
        assertThat(box().sh("echo more >>\"$1\"/a/b/file && touch \"$1\"/a/x \"$1\"/c/d/x", top)
                        .status())
                .isZero();
    }

    @Test
    void a_new_file_belongs_to_the_user_named_by_name_or_by_number() {
        requires(Capability.ROOT);
        for (var user : new String[] {"root", "0"}) {
            var top = box().newDirectory();
            var entry = box().write(top + "/a/file", "x", new WriteOptions(user, null, null));
            assertThat(entry.uid()).isZero();
            assertThat(entry.gid()).isZero();
            assertThat(entry.owner()).isEqualTo("root");
            assertThat(files().stat(top + "/a", null).owner()).isEqualTo("root");
            assertThat(files().makeDirectory(top + "/b", user).owner()).isEqualTo("root");
        }
    }

    @Test
    void writing_an_existing_file_keeps_its_owner() {
        requires(Capability.ROOT);
        var path = box().newPath();
        box().write(path, "x", new WriteOptions("root", 0600, null));
        var entry = box().write(path, "y");
        assertThat(entry.owner()).isEqualTo("root");
        assertThat(entry.mode()).isEqualTo(0600);
    }

    @Test
    void permission_bits_do_not_restrict_file_calls() {
        var directory = box().newDirectory();
        box().write(directory + "/file", "secret", Box.mode(0));
        box().sh("chmod 0 \"$1\"", directory);
        assertThat(box().text(directory + "/file")).isEqualTo("secret");
        box().write(directory + "/file", "changed");
        files().remove(directory, null);
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(directory, null));
    }

    @Test
    void an_unknown_user_is_refused() {
        var path = box().newPath();
        var options = new WriteOptions("nobody-has-this-name", null, null);
        Failures.refuses(Reason.UNKNOWN_USER, () -> box().write(path, "x", options));
        Failures.refuses(Reason.UNKNOWN_USER, () -> files().makeDirectory(path, "nobody-has-this-name"));
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(path, null));
    }

    @Test
    void a_new_file_has_mode_0644_or_the_one_asked_for() {
        assertThat(box().write(box().newPath(), "x").mode()).isEqualTo(0644);
        for (int mode : new int[] {0600, 0755, 0777, 0400, 01777}) {
            var path = box().newPath();
            assertThat(box().write(path, "x", Box.mode(mode)).mode()).isEqualTo(mode);
            assertThat(box().run(ProcessSpec.of("stat", "-c", "%a", path)).text())
                    .isEqualTo(Integer.toOctalString(mode));
        }
    }

    @Test
    void the_mode_of_an_existing_file_changes_when_asked() {
        var path = box().newPath();
        box().write(path, "x", Box.mode(0600));
        assertThat(box().write(path, "y", Box.mode(0711)).mode()).isEqualTo(0711);
    }

    @Test
    void the_modification_time_is_reported() {
        var path = box().newPath();
        box().write(path, "x");
        box().sh("touch -d '2001-02-03T04:05:06.789Z' \"$1\"", path);
        assertThat(files().stat(path, null).modifiedAt()).hasToString("2001-02-03T04:05:06.789Z");
        var before = fixture().context().clock().instant();
        assertThat(box().write(path, "y").modifiedAt())
                .isBetween(
                        before.minus(Duration.ofSeconds(5)),
                        before.plus(fixture().timeout()));
    }

    @Test
    void metadata_is_kept_replaced_as_a_whole_and_left_alone_when_not_given() {
        requires(Capability.FILE_METADATA);
        var path = box().newPath();
        assertThat(write(path, Map.of("a", "1", "b", "two words")).metadata())
                .isEqualTo(Map.of("a", "1", "b", "two words"));
        assertThat(files().stat(path, null).metadata()).isEqualTo(Map.of("a", "1", "b", "two words"));
        assertThat(box().write(path, "no metadata given").metadata()).hasSize(2);
        assertThat(write(path, Map.of("b", "2", "c", "3")).metadata()).isEqualTo(Map.of("b", "2", "c", "3"));
        assertThat(write(path, Map.of()).metadata()).isEmpty();
        assertThat(files().stat(path, null).metadata()).isEmpty();
    }

    @Test
    void metadata_is_listed_and_moves_with_its_file() {
        requires(Capability.FILE_METADATA);
        var directory = box().newDirectory();
        write(directory + "/one", Map.of("a", "1"));
        assertThat(files().move(directory + "/one", directory + "/other", null).metadata())
                .isEqualTo(Map.of("a", "1"));
        files().list(directory, 1, null, entry -> assertThat(entry.metadata()).isEqualTo(Map.of("a", "1")));
    }

    @Test
    void a_file_without_metadata_has_none() {
        var path = box().newPath();
        assertThat(box().write(path, "x").metadata()).isEmpty();
        assertThat(files().stat("/etc", null).metadata()).isEmpty();
    }

    private FileEntry write(String path, Map<String, String> metadata) {
        return box().write(path, "x", new WriteOptions(null, null, metadata));
    }

    private void assertIsUsers(FileEntry entry) {
        assertThat(entry.owner()).as(entry.path()).isEqualTo(fixture().user());
        var uid = box().run(ProcessSpec.of("id", "-u")).text();
        assertThat(Integer.toString(entry.uid())).as(entry.path()).isEqualTo(uid);
        var group = box().run(ProcessSpec.of("id", "-gn")).text();
        assertThat(entry.group()).as(entry.path()).isEqualTo(group);
    }
}
