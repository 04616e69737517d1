package dev.sandboxer.extension.tck.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import org.junit.jupiter.api.Test;

/** Contract for the attributes of a path, mainly of links. */
public abstract class FileStatContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected FileStatContract() {}

    @Test
    void a_file_is_described() {
        var path = box().newPath();
        box().write(path, "12345", Box.mode(0640));
        var entry = files().stat(path, null);
        assertThat(entry.name()).isEqualTo("file");
        assertThat(entry.path()).isEqualTo(path);
        assertThat(entry.type()).isEqualTo(FileType.FILE);
        assertThat(entry.targetType()).isEqualTo(FileType.FILE);
        assertThat(entry.mode()).isEqualTo(0640);
        assertThat(entry.size()).isEqualTo(5);
        assertThat(entry.linkText()).isNull();
        assertThat(entry.linkTarget()).isNull();
    }

    @Test
    void a_directory_is_described() {
        var path = box().newDirectory();
        box().sh("chmod 1750 \"$1\"", path);
        var entry = files().stat(path, null);
        assertThat(entry.type()).isEqualTo(FileType.DIRECTORY);
        assertThat(entry.targetType()).isEqualTo(FileType.DIRECTORY);
        assertThat(entry.mode()).isEqualTo(01750);
    }

    @Test
    void the_root_is_described() {
        assertThat(files().stat("/", null).type()).isEqualTo(FileType.DIRECTORY);
        assertThat(files().stat("/", null).path()).isEqualTo("/");
    }

    @Test
    void what_is_neither_file_nor_directory_is_OTHER() {
        var path = box().newPath();
        box().sh("mkfifo \"$1\"", path);
        assertThat(files().stat(path, null).type()).isEqualTo(FileType.OTHER);
        assertThat(files().stat(path, null).targetType()).isEqualTo(FileType.OTHER);
        assertThat(files().stat(path, null).mode() & FileEntry.KIND_MASK).isIn(0, FileEntry.FIFO);
        assertThat(files().stat("/dev/null", null).type()).isEqualTo(FileType.OTHER);
        assertThat(files().stat("/dev/null", null).mode() & FileEntry.KIND_MASK).isIn(0, FileEntry.CHARACTER_DEVICE);
    }

    @Test
    void a_link_is_described_itself_with_the_mode_of_its_target() {
        var directory = box().newDirectory();
        box().write(directory + "/target", "twelve bytes", Box.mode(0751));
        files().makeSymlink("target", directory + "/one", null);
        var entry = files().makeSymlink("one", directory + "/two", null);
        assertThat(files().stat(directory + "/two", null)).isEqualTo(entry);
        assertThat(entry.type()).isEqualTo(FileType.SYMLINK);
        assertThat(entry.targetType()).isEqualTo(FileType.FILE);
        assertThat(entry.mode()).isEqualTo(0751);
        assertThat(entry.size()).as("size of the link itself").isEqualTo("one".length());
        assertThat(entry.linkText()).isEqualTo("one");
        assertThat(entry.linkTarget()).isEqualTo(directory + "/target");
        assertThat(entry.path()).isEqualTo(directory + "/two");
        assertThat(entry.name()).isEqualTo("two");
    }

    @Test
    void a_link_to_a_directory_reports_its_target() {
        var directory = box().newDirectory();
        var entry = files().makeSymlink(".", directory + "/link", null);
        assertThat(entry.type()).isEqualTo(FileType.SYMLINK);
        assertThat(entry.targetType()).isEqualTo(FileType.DIRECTORY);
        assertThat(entry.linkTarget()).isEqualTo(directory);
    }

    @Test
    void a_broken_link_has_no_target() {
        var entry = files().makeSymlink("/no/where at all", box().newPath(), null);
        assertThat(entry.type()).isEqualTo(FileType.SYMLINK);
        assertThat(entry.targetType()).isEqualTo(FileType.UNKNOWN);
        assertThat(entry.linkText()).isEqualTo("/no/where at all");
        assertThat(entry.linkTarget()).isNull();
    }

    @Test
    void a_cyclic_link_has_no_target_and_cannot_be_read() {
        var directory = box().newDirectory();
        files().makeSymlink("b", directory + "/a", null);
        files().makeSymlink("a", directory + "/b", null);
        var entry = files().stat(directory + "/a", null);
        assertThat(entry.type()).isEqualTo(FileType.SYMLINK);
        assertThat(entry.targetType()).isEqualTo(FileType.UNKNOWN);
        assertThat(entry.linkText()).isEqualTo("b");
        assertThat(entry.linkTarget()).isNull();
        Failures.refuses(Reason.LOOP, () -> box().read(directory + "/a"));
        Failures.refuses(Reason.LOOP, () -> files().stat(directory + "/a/below", null));
    }

    @Test
    void a_link_keeps_its_text_unchanged() {
        for (var text : new String[] {"../x", "a//b/./c", " ", "~", "ü\n", "x".repeat(255)}) {
            assertThat(files().makeSymlink(text, box().newPath(), null).linkText())
                    .isEqualTo(text);
        }
    }

    @Test
    void a_link_does_not_replace_a_file() {
        var path = box().newPath();
        box().write(path, "kept");
        Failures.refuses(() -> files().makeSymlink("x", path, null));
        assertThat(box().text(path)).isEqualTo("kept");
    }

    @Test
    void a_missing_path_differs_from_a_path_below_a_file() {
        var path = box().newPath();
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(path, null));
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(path + "/below", null));
        box().write(path, "x");
        Failures.refuses(Reason.NOT_A_DIRECTORY, () -> files().stat(path + "/below", null));
    }
}
