package dev.sandboxer.extension.tck.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract for the interpretation of paths and names. */
public abstract class FileNameContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected FileNameContract() {}

    private static final List<String> ODD = List.of(
            " ",
            "a b",
            "line\nbreak",
            "tab\t",
            "ü é",
            "漢字",
            "😀",
            "e\u0301",
            "-rf",
            "--help",
            "*",
            "?",
            "[a]",
            "'",
            "\"",
            "\\",
            "$HOME",
            "`id`",
            "%2F",
            "a:b",
            "a?b#c",
            "...",
            "~tilde",
            "\u0001",
            "x".repeat(255),
            "ü".repeat(127));

    @Test
    void odd_names_are_taken_literally() {
        var directory = box().newDirectory();
        for (var name : ODD) {
            var path = directory + "/" + name;
            assertThat(box().write(path, name).name()).isEqualTo(name);
            assertThat(box().text(path)).isEqualTo(name);
            assertThat(files().stat(path, null).path()).isEqualTo(path);
            assertThat(box().sh("cat <\"$1\"", path).out()).isEqualTo(name);
        }
        var listed = new ArrayList<String>();
        files().list(directory, 1, null, entry -> listed.add(entry.name()));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(ODD);
        for (var name : ODD) {
            files().move(directory + "/" + name, directory + "/moved", null);
            files().remove(directory + "/moved", null);
        }
        files().list(directory, 1, null, entry -> assertThat(entry).isNull());
    }

    @Test
    void a_name_of_256_bytes_is_too_long() {
        var directory = box().newDirectory();
        for (var name : new String[] {"x".repeat(256), "ü".repeat(128)}) {
            var path = directory + "/" + name;
            Failures.refuses(Reason.TOO_LONG, () -> box().write(path, "x"));
            Failures.refuses(Reason.TOO_LONG, () -> files().makeDirectory(path, null));
            Failures.refuses(Reason.TOO_LONG, () -> files().stat(path, null));
        }
    }

    @Test
    void a_path_of_5000_bytes_is_too_long() {
        var path = box().newDirectory() + "/123456789".repeat(500);
        Failures.refuses(Reason.TOO_LONG, () -> box().write(path, "x"));
        Failures.refuses(Reason.TOO_LONG, () -> files().stat(path, null));
    }

    @Test
    void a_path_is_not_cut_at_a_zero_byte() {
        var path = box().newPath();
        box().write(path, "kept");
        Failures.refuses(() -> files().remove(path + "\0x", null));
        Failures.refuses(() -> box().write(path + "\0x", "x"));
        Failures.refuses(() -> files().stat(path + "\0x", null));
        assertThat(box().text(path)).isEqualTo("kept");
    }

    @Test
    void the_home_has_four_names() {
        for (var name : new String[] {"", "~", "~/", fixture().home()}) {
            var listed = new ArrayList<FileEntry>();
            box().write(fixture().home() + "/tck-marker", "x");
            files().list(name, 1, null, listed::add);
            assertThat(listed).extracting(FileEntry::name).as(name).contains("tck-marker");
            assertThat(files().stat(name, null).type()).hasToString("DIRECTORY");
        }
    }

    @Test
    void relative_paths_begin_at_home() {
        var name = "tck-" + System.nanoTime();
        var absolute = fixture().home() + "/" + name + "/file";
        assertThat(box().write(name + "/file", "one").path()).isEqualTo(absolute);
        assertThat(box().text(absolute)).isEqualTo("one");
        box().write("~/" + name + "/file", "two");
        assertThat(box().text(absolute)).isEqualTo("two");
        assertThat(files().stat("~/" + name + "/file", null).path()).isEqualTo(absolute);
        assertThat(box().text("./" + name + "/../" + name + "/file")).isEqualTo("two");
    }

    @Test
    void the_home_is_that_of_the_user_named() {
        requires(Capability.ROOT);
        var home = box().run(box().script("cd; pwd").toBuilder().user("root").build())
                .text();
        box().write("~/tck-of-root", "x", new WriteOptions("root", null, null));
        assertThat(box().text(home + "/tck-of-root")).isEqualTo("x");
        assertThat(files().stat("tck-of-root", "root").path()).isEqualTo(home + "/tck-of-root");
        if (!home.equals(fixture().home())) {
            Failures.refuses(Reason.NOT_FOUND, () -> files().stat("tck-of-root", null));
        }
    }

    @Test
    void a_name_that_is_not_utf8_does_not_break_a_listing() {
        var directory = box().newDirectory();
        box().sh("cd \"$1\" && touch before \"$(printf '\\377\\376')\" zzz", directory);
        var listed = new ArrayList<String>();
        files().list(directory, 1, null, entry -> listed.add(entry.name()));
        assertThat(listed).hasSize(3).contains("before", "zzz");
        files().remove(directory, null);
        Failures.refuses(Reason.NOT_FOUND, () -> files().stat(directory, null));
    }

    @Test
    void a_long_path_below_the_limit_works() {
        var directory = box().newDirectory() + ("/" + "ü".repeat(100)).repeat(15);
        box().write(directory + "/file", "deep".getBytes(UTF_8));
        assertThat(box().text(directory + "/file")).isEqualTo("deep");
    }
}
