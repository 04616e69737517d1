package dev.sandboxer.extension.tck.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract for listing, creating, moving and removing directories. */
public abstract class FileTreeContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected FileTreeContract() {}

    @Test
    void a_directory_is_listed_in_byte_order() {
        var directory = box().newDirectory();
        // Java's order of strings, by UTF-16 units, would swap the last two
        var names = List.of("-dash", ".hidden", "A", "B", "a", "a b", "ab", "é", "\uFFFD", "😀");
        for (var name : names.reversed()) {
            box().write(directory + "/" + name, "x");
        }
        assertThat(list(directory, 1)).extracting(FileEntry::name).isEqualTo(names);
        assertThat(list(directory, 1)).allSatisfy(it -> {
            assertThat(it.path()).isEqualTo(directory + "/" + it.name());
            assertThat(it.type()).isEqualTo(FileType.FILE);
            assertThat(it.size()).isEqualTo(1);
        });
    }

    @Test
    void a_tree_is_listed_parents_first_to_the_depth_asked_for() {
        var top = box().newDirectory();
        box().write(top + "/a/b/c/d", "x");
        box().write(top + "/a-b", "x"); // would precede "a/b" if whole paths were compared
        box().write(top + "/b", "x");
        assertThat(paths(top, 1)).containsExactly("/a", "/a-b", "/b");
        assertThat(paths(top, 2)).containsExactly("/a", "/a/b", "/a-b", "/b");
        assertThat(paths(top, 3)).containsExactly("/a", "/a/b", "/a/b/c", "/a-b", "/b");
        assertThat(paths(top, 100)).containsExactly("/a", "/a/b", "/a/b/c", "/a/b/c/d", "/a-b", "/b");
    }

    @Test
    void links_to_directories_are_listed_and_not_descended() {
        var top = box().newDirectory();
        box().write(top + "/real/file", "x");
        files().makeSymlink("real", top + "/link", null);
        files().makeSymlink(".", top + "/loop", null);
        assertThat(paths(top, 5)).containsExactly("/link", "/loop", "/real", "/real/file");
    }

    @Test
    void an_empty_directory_has_no_entries() {
        assertThat(list(box().newDirectory(), 3)).isEmpty();
    }

    @Test
    void a_directory_of_thousands_is_listed_completely() {
        var top = box().newDirectory();
        box().sh("cd \"$1\" && seq -f %05g 1 5000 | xargs touch", top);
        assertThat(list(top, 1)).hasSize(5000).extracting(FileEntry::name).isSorted();
    }

    @Test
    void only_a_directory_is_listed() {
        var path = box().newPath();
        Failures.refuses(Reason.NOT_FOUND, () -> list(path, 1));
        box().write(path, "x");
        Failures.refuses(Reason.NOT_A_DIRECTORY, () -> list(path, 1));
    }

    @Test
    void a_directory_is_made_once_with_its_parents() {
        var path = box().newPath() + "/x/y";
        var entry = files().makeDirectory(path, null);
        assertThat(entry.type()).isEqualTo(FileType.DIRECTORY);
        assertThat(entry.path()).isEqualTo(path);
        Failures.refuses(Reason.ALREADY_EXISTS, () -> files().makeDirectory(path, null));
        box().write(path + "/file", "x");
        Failures.refuses(Reason.NOT_A_DIRECTORY, () -> files().makeDirectory(path + "/file/below", null));
        Failures.refuses(() -> files().makeDirectory(path + "/file", null));
        assertThat(box().text(path + "/file")).isEqualTo("x");
    }

    @Test
    void moving_makes_parents_and_overwrites_a_file() {
        var top = box().newDirectory();
        box().write(top + "/one", "1", Box.mode(0640));
        box().write(top + "/two", "2");
        var entry = files().move(top + "/one", top + "/new/place", null);
        assertThat(entry.path()).isEqualTo(top + "/new/place");
        assertThat(entry.mode()).isEqualTo(0640);
        files().move(top + "/two", top + "/new/place", null);
        assertThat(box().text(top + "/new/place")).isEqualTo("2");
        assertThat(paths(top, 2)).containsExactly("/new", "/new/place");
    }

    @Test
    void a_directory_is_moved_with_its_content() {
        var top = box().newDirectory();
        box().write(top + "/from/a/b", "x");
        files().move(top + "/from", top + "/to", null);
        assertThat(paths(top, 5)).containsExactly("/to", "/to/a", "/to/a/b");
    }

    @Test
    void a_link_is_moved_as_a_link() {
        var top = box().newDirectory();
        box().write(top + "/target", "x");
        files().makeSymlink("target", top + "/link", null);
        assertThat(files().move(top + "/link", top + "/moved", null).linkText()).isEqualTo("target");
        assertThat(paths(top, 1)).containsExactly("/moved", "/target");
    }

    @Test
    void a_missing_file_cannot_be_moved() {
        var top = box().newDirectory();
        box().write(top + "/there", "x");
        Failures.refuses(Reason.NOT_FOUND, () -> files().move(top + "/missing", top + "/there", null));
        assertThat(box().text(top + "/there")).isEqualTo("x");
    }

    @Test
    void a_directory_is_removed_with_its_content_and_removing_nothing_succeeds() {
        var top = box().newDirectory();
        box().write(top + "/dir/a/b/c", "x");
        box().sh("chmod -w \"$1\"/dir/a/b; mkfifo \"$1\"/dir/fifo", top);
        files().remove(top + "/dir", null);
        assertThat(list(top, 1)).isEmpty();
        files().remove(top + "/dir", null);
        files().remove(top + "/never/was", null);
        box().write(top + "/file", "x");
        files().remove(top + "/file", null);
        assertThat(list(top, 1)).isEmpty();
    }

    @Test
    void removing_never_follows_a_link() {
        var top = box().newDirectory();
        box().write(top + "/kept/file", "x");
        box().write(top + "/dir/own", "x");
        files().makeSymlink(top + "/kept", top + "/dir/link", null);
        files().makeSymlink(top + "/kept", top + "/link", null);
        files().makeSymlink("/no/where", top + "/broken", null);
        files().remove(top + "/dir", null);
        files().remove(top + "/link", null);
        files().remove(top + "/broken", null);
        assertThat(paths(top, 3)).containsExactly("/kept", "/kept/file");
    }

    @Test
    void a_very_deep_tree_is_listed_and_removed() {
        var top = box().newDirectory();
        var script =
                "cd \"$1\"; i=0; while [ $i -lt 500 ]; do mkdir dddddddddd && cd -P dddddddddd || exit 1; i=$((i+1)); done";
        assertThat(box().sh(script, top).status()).isZero();
        assertThat(list(top, 100)).hasSize(100);
        files().remove(top, null);
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(top, null));
    }

    private List<FileEntry> list(String path, int depth) {
        var entries = new ArrayList<FileEntry>();
        files().list(path, depth, null, entries::add);
        return entries;
    }

    private List<String> paths(String top, int depth) {
        return list(top, depth).stream()
                .map(it -> it.path().substring(top.length()))
                .toList();
    }
}
