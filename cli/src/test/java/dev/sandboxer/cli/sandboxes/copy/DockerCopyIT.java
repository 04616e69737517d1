package dev.sandboxer.cli.sandboxes.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.Commands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of {@code docker cp} in both directions, for targets that are a file, a directory or missing, with and without slashes. */
class DockerCopyIT {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    private static String id;

    @TempDir
    Path here;

    @BeforeAll
    static void make_the_sandbox() {
        id = cli.create();
    }

    /** Creates equal trees here and in the sandbox: a file, a directory with a file, and places to copy to. */
    @BeforeEach
    void make_the_trees() throws IOException {
        Files.writeString(here.resolve("file"), "F");
        Files.writeString(Files.createDirectory(here.resolve("dir")).resolve("in"), "D");
        Files.createDirectory(here.resolve("place"));
        Files.writeString(here.resolve("old"), "old");
        inside("rm -rf t && mkdir -p t/dir t/place && printf F > t/file && printf D > t/dir/in && printf old > t/old");
    }

    /** Source, target, and the resulting file. */
    @ParameterizedTest
    @CsvSource({
        "file, new, new, F",
        "file, old, old, F",
        "file, place, place/file, F",
        "file, place/, place/file, F",
        "file, place/other, place/other, F",
        "dir, new, new/in, D",
        "dir, new/, new/in, D",
        "dir/, new, new/in, D",
        "dir/., new, new/in, D",
        "dir, place, place/dir/in, D",
        "dir/, place, place/dir/in, D",
        "dir/., place, place/in, D",
        "dir/., place/, place/in, D",
        "dir/in, place/., place/in, D"
    })
    void a_copy_arrives_where_docker_puts_it(String from, String to, String result, String content) {
        assertThat(copyIn(from, to).err()).isEmpty();
        assertThat(cli.run("exec", id, "cat", "t/" + result).out()).isEqualTo(content);

        assertThat(copyOut(from, to).err()).isEmpty();
        assertThat(here.resolve(result)).hasContent(content);
    }

    @ParameterizedTest
    @CsvSource({
        "file, new/",
        "file/, new",
        "file/., new",
        "file, old/",
        "dir, old",
        "dir/., old",
        "dir, old/",
        "missing, new"
    })
    void a_copy_that_docker_refuses_is_refused(String from, String to) throws IOException {
        assertThat(copyIn(from, to).status()).isEqualTo(125);
        assertThat(cli.run("exec", id, "sh", "-c", "cat t/old; ls t").out()).isEqualTo("olddir\nfile\nold\nplace\n");

        assertThat(copyOut(from, to).status()).isEqualTo(125);
        assertThat(here.resolve("old")).hasContent("old");
        assertThat(here.resolve("new")).doesNotExist();
    }

    @Test
    void times_and_hard_links_are_kept_on_the_way_in() throws IOException {
        Files.createLink(here.resolve("dir/same ü\\"), here.resolve("dir/in"));
        Files.createSymbolicLink(here.resolve("dir/link"), Path.of("in"));
        Files.setLastModifiedTime(here.resolve("dir/in"), LONG_AGO);
        Files.setLastModifiedTime(here.resolve("dir"), LONG_AGO);

        assertThat(copyIn("dir", "new").err()).isEmpty();

        assertThat(cli.run("exec", id, "stat", "-c", "%h %Y", "t/new/in", "t/new/same ü\\")
                        .out())
                .isEqualTo("2 981173106\n2 981173106\n");
        assertThat(cli.run("exec", id, "stat", "-c", "%Y %U", "t/new").line()).isEqualTo("981173106 user");
        assertThat(cli.run("exec", id, "cat", "t/new/same ü\\").out()).isEqualTo("D");
        assertThat(copyIn("dir", "new").err()).as("again, over what is there").isEmpty();
    }

    @Test
    void times_and_hard_links_are_kept_on_the_way_out() throws IOException {
        inside(
                "cd t/dir && ln in 'same ü' && ln -s in link && touch -d @981173106 in . && touch -h -d @981173106 link");

        assertThat(copyOut("dir", "new").err()).isEmpty();

        assertThat(Files.getAttribute(here.resolve("new/in"), "unix:nlink")).isEqualTo(2);
        assertThat(here.resolve("new/same ü")).hasContent("D");
        for (String path : new String[] {"new", "new/in"}) {
            assertThat(Files.getLastModifiedTime(here.resolve(path))).isEqualTo(LONG_AGO);
        }
        assertThat(copyOut("dir", "new").err()).as("again, over what is there").isEmpty();
        inside("touch -d @981173106 t/file");
        assertThat(copyOut("file", "one").err()).isEmpty();
        assertThat(Files.getLastModifiedTime(here.resolve("one"))).isEqualTo(LONG_AGO);
    }

    @Test
    void a_file_with_holes_needs_no_more_room_outside_than_inside() throws IOException {
        inside("truncate -s 3G t/holes && printf end | dd of=t/holes bs=1 seek=3000000001 conv=notrunc status=none"
                + " && truncate -s 64M t/empty");

        assertThat(copyOut("holes", "holes").err()).isEmpty();
        assertThat(copyOut("empty", "empty").err()).isEmpty();

        assertThat(Files.size(here.resolve("holes"))).isEqualTo(3L << 30);
        assertThat(blocks("holes")).isLessThanOrEqualTo(64);
        assertThat(Files.size(here.resolve("empty"))).isEqualTo(64L << 20);
        assertThat(blocks("empty")).isZero();
        try (var file = new RandomAccessFile(here.resolve("holes").toFile(), "r")) {
            file.seek(3_000_000_001L);
            assertThat(file.read()).isEqualTo('e');
        }
    }

    @Test
    void a_file_with_holes_keeps_them_on_the_way_in() throws IOException {
        try (var file = new RandomAccessFile(here.resolve("holes").toFile(), "rw")) {
            file.setLength(3L << 30);
            file.seek(1_000_000_007);
            file.writeBytes("middle");
        }

        assertThat(copyIn("holes", "holes").err()).isEmpty();

        assertThat(cli.run("exec", id, "stat", "-c", "%s %U", "t/holes").line()).isEqualTo((3L << 30) + " user");
        assertThat(Long.parseLong(
                        cli.run("exec", id, "stat", "-c", "%b", "t/holes").line()))
                .isLessThan(1000);
        assertThat(cli.run("exec", id, "sh", "-c", "tail -c +1000000008 t/holes | head -c 6")
                        .out())
                .isEqualTo("middle");
        inside("rm t/holes");
    }

    @Test
    void a_sandbox_that_lies_about_its_links_gets_copies_of_its_own_files_only() throws IOException {
        var victim = Files.writeString(here.resolve("victim"), "untouched");
        inside(
                "mkdir t/lies && printf a > t/lies/a && ln t/lies/a t/lies/b && mkdir t/lies/c && ln t/lies/a t/lies/c/d");
        Files.createDirectories(here.resolve("out/lies/c"));
        Files.createSymbolicLink(here.resolve("out/lies/b"), victim);
        Files.createLink(here.resolve("out/lies/c/d"), victim);

        assertThat(copyOut("lies", "out").err()).isEmpty();

        assertThat(victim).hasContent("untouched");
        assertThat(here.resolve("out/lies/b")).hasContent("a").isRegularFile();
        assertThat(here.resolve("out/lies/c/d")).hasContent("a");
    }

    private long blocks(String name) throws IOException {
        var stat = new ProcessBuilder("stat", "-c", "%b", here.resolve(name).toString()).start();
        return Long.parseLong(
                new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip());
    }

    /** Returns the argument with its slashes, which a {@link Path} would lose. */
    private Commands.Result copyIn(String from, String to) {
        return cli.run("cp", here + "/" + from, id + ":t/" + to);
    }

    private Commands.Result copyOut(String from, String to) {
        return cli.run("cp", id + ":t/" + from, here + "/" + to);
    }

    private static void inside(String script) {
        var result = cli.run("exec", id, "sh", "-c", script);
        assertThat(result.status()).as(result.err()).isZero();
    }
}
