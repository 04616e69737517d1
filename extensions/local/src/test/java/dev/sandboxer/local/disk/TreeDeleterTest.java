package dev.sandboxer.local.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDeleterTest {
    private static final String LONG_NAME = "d".repeat(200);

    @TempDir
    Path here;

    @Test
    void a_tree_with_paths_longer_than_the_kernel_s_limit_is_deleted() throws IOException {
        var tree = Files.createDirectory(here.resolve("tree"));
        Files.move(nest(40), tree.resolve("deep"));

        TreeDeleter.delete(tree);

        assertThat(tree).doesNotExist();
    }

    @Test
    void a_tree_deeper_than_a_process_has_descriptors_and_stack_is_deleted() throws IOException {
        var tree = Files.createDirectory(here.resolve("tree"));
        Files.move(nest(20_000), tree.resolve("deep"));

        TreeDeleter.delete(tree);

        assertThat(tree).doesNotExist();
    }

    /** Returns a nested directory. It is built from the innermost one, so that no path gets too long for this test itself. */
    private Path nest(int depth) throws IOException {
        var inner = here.resolve("inner");
        var outer = here.resolve("outer");
        Files.writeString(Files.createDirectory(inner).resolve("file"), "x");
        for (int i = 1; i < depth; i++) {
            Files.createDirectory(outer);
            Files.move(inner, outer.resolve(LONG_NAME));
            Files.move(outer, inner);
        }
        return inner;
    }

    @Test
    void directories_without_permissions_for_their_owner_are_deleted() throws IOException {
        var tree = Files.createDirectory(here.resolve("tree"));
        for (String mode : new String[] {"r-xr-xr-x", "rw-------", "---------"}) {
            var closed = Files.createDirectories(tree.resolve("a" + mode).resolve("b"));
            Files.writeString(Files.createDirectory(closed.resolve("c")).resolve("file"), "x");
            for (Path each : new Path[] {closed.resolve("c"), closed, closed.getParent()}) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(mode));
            }
        }

        TreeDeleter.delete(tree);

        assertThat(tree).doesNotExist();
    }

    @Test
    void links_are_deleted_but_their_targets_stay() throws IOException {
        var outside = Files.createDirectory(here.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("r-xr-xr-x"));
        var inner = Files.createDirectories(here.resolve("tree/inner"));
        for (Path directory : new Path[] {inner, here.resolve("tree")}) {
            Files.createSymbolicLink(directory.resolve("to-directory"), outside);
            Files.createSymbolicLink(directory.resolve("to-file"), outside.resolve("kept"));
        }

        TreeDeleter.delete(here.resolve("tree"));

        assertThat(here.resolve("tree")).doesNotExist();
        assertThat(outside.resolve("kept")).hasContent("x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outside)))
                .isEqualTo("r-xr-xr-x");
        var link = Files.createSymbolicLink(here.resolve("link"), outside);
        TreeDeleter.delete(link);
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void a_file_and_a_missing_path_can_be_deleted() throws IOException {
        var file = Files.writeString(here.resolve("file"), "x");

        TreeDeleter.delete(file);
        TreeDeleter.delete(file);

        assertThat(file).doesNotExist();
    }
}
