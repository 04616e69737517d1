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
    void a_tree_is_removed_whose_paths_are_longer_than_any_may_be() throws IOException {
        var tree = Files.createDirectory(here.resolve("tree"));
        Files.move(nest(40), tree.resolve("deep"));

        TreeDeleter.delete(tree);

        assertThat(tree).doesNotExist();
    }

    @Test
    void a_tree_is_removed_that_is_deeper_than_a_process_has_descriptors_and_stack() throws IOException {
        var tree = Files.createDirectory(here.resolve("tree"));
        Files.move(nest(20_000), tree.resolve("deep"));

        TreeDeleter.delete(tree);

        assertThat(tree).doesNotExist();
    }

    /** Made from the inside, so that no path is long here either. */
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
    void directories_that_are_closed_to_their_owner_are_removed() throws IOException {
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
    void links_are_removed_and_what_they_lead_to_stays() throws IOException {
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
    void a_file_or_nothing_at_all_may_stand_in_its_place() throws IOException {
        var file = Files.writeString(here.resolve("file"), "x");

        TreeDeleter.delete(file);
        TreeDeleter.delete(file);

        assertThat(file).doesNotExist();
    }
}
