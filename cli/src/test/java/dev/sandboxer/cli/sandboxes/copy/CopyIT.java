package dev.sandboxer.cli.sandboxes.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    private static String id;

    @TempDir
    Path here;

    @BeforeAll
    static void make_the_sandbox() {
        id = cli.create();
    }

    @Test
    void a_file_goes_in_and_out_byte_for_byte() throws IOException {
        var content = new byte[3_000_000];
        new SplittableRandom(1).nextBytes(content);
        var file = Files.write(here.resolve("data"), content);

        assertThat(cli.run("cp", file.toString(), id + ":").status()).isZero();
        assertThat(cli.run("cp", id + ":data", here.resolve("back").toString()).status())
                .isZero();

        assertThat(Arrays.equals(Files.readAllBytes(here.resolve("back")), content))
                .isTrue();
        assertThat(cli.run("exec", id, "stat", "-c", "%U %a", "data").line()).isEqualTo("user 644");
    }

    @Test
    void streams_go_in_and_out() {
        assertThat(cli.runWith("streamed".getBytes(UTF_8), "cp", "-", id + ":/tmp/s")
                        .status())
                .isZero();
        assertThat(cli.run("cp", id + ":/tmp/s", "-").out()).isEqualTo("streamed");
    }

    @Test
    void a_directory_goes_in_and_out_with_modes_and_inner_links() throws IOException {
        var tree = Files.createDirectories(here.resolve("tree/sub dir"));
        Files.writeString(tree.resolve("ünï 1"), "one");
        var script = Files.writeString(here.resolve("tree/run.sh"), "#!/bin/sh\necho ran\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(here.resolve("tree/link"), Path.of("sub dir/ünï 1"));

        assertThat(cli.run("cp", here.resolve("tree").toString(), id + ":").status())
                .isZero();
        assertThat(cli.run("exec", id, "tree/run.sh").line()).isEqualTo("ran");
        var out = cli.run("cp", id + ":tree", here.resolve("copy").toString());

        assertThat(out.err()).isEmpty();
        assertThat(here.resolve("copy/link")).isSymbolicLink().hasContent("one");
        assertThat(here.resolve("copy/run.sh")).isExecutable();
    }

    @Test
    void a_device_keeps_its_mode_when_a_program_is_copied_to_it() throws Exception {
        var device = here.resolve("null");
        var made = new ProcessBuilder("mknod", "-m", "666", device.toString(), "c", "1", "3").start();
        assumeTrue(made.waitFor() == 0, "needs the right to make devices");

        assertThat(cli.run("cp", id + ":/usr/bin/true", device.toString()).status())
                .isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(device)))
                .isEqualTo("rw-rw-rw-");
    }

    @Test
    void a_link_takes_the_place_of_a_file_and_never_of_a_directory() throws IOException {
        var tree = Files.createDirectory(here.resolve("places"));
        Files.createSymbolicLink(tree.resolve("data"), Path.of("/nowhere"));
        inside("mkdir -p places/data && echo precious > places/data/keep");

        var refused = cli.run("cp", tree.toString(), id + ":");

        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("places/data is a directory").contains("[file_refused]");
        assertThat(cli.run("exec", id, "cat", "places/data/keep").line()).isEqualTo("precious");
        inside("rm -r places/data && echo old > places/data");
        assertThat(cli.run("cp", tree.toString(), id + ":").status()).isZero();
        assertThat(cli.run("exec", id, "readlink", "places/data").line()).isEqualTo("/nowhere");
    }

    @Test
    void a_link_given_as_the_source_is_followed_even_to_a_directory() throws IOException {
        Files.writeString(Files.createDirectory(here.resolve("real")).resolve("in"), "content");
        Files.createSymbolicLink(here.resolve("real/up"), Path.of("in"));
        Files.createSymbolicLink(here.resolve("named-link"), Path.of("real"));

        assertThat(cli.run("cp", here.resolve("named-link").toString(), id + ":")
                        .status())
                .isZero();

        assertThat(cli.run("exec", id, "stat", "-c", "%F", "named-link").line()).isEqualTo("directory");
        assertThat(cli.run("exec", id, "cat", "named-link/in").line()).isEqualTo("content");
        assertThat(cli.run("exec", id, "readlink", "named-link/up").line()).isEqualTo("in");
    }

    @Test
    void a_copy_into_an_existing_directory_keeps_its_name() throws IOException {
        Files.writeString(here.resolve("named"), "x");

        cli.run("cp", here.resolve("named").toString(), id + ":/tmp");
        assertThat(cli.run("exec", id, "cat", "/tmp/named").line()).isEqualTo("x");
        cli.run(
                "cp",
                id + ":/tmp/named",
                Files.createDirectory(here.resolve("into")).toString());
        assertThat(here.resolve("into/named")).hasContent("x");
    }

    @Test
    void an_empty_path_inside_is_the_home() throws IOException {
        inside("mkdir -p etc && echo mine > etc/hostname");

        var result = cli.run("cp", id + ":", here.resolve("home").toString());

        assertThat(result.err()).doesNotContain("No such file");
        assertThat(here.resolve("home/etc")).isDirectoryContaining("glob:**hostname");
        assertThat(Cli.entries(here.resolve("home/etc"))).hasSize(1);
        assertThat(here.resolve("home/etc/hostname")).hasContent("mine\n");
    }

    @Test
    void an_executable_file_can_be_executed_by_all_who_may_read_it() throws IOException {
        inside("echo ':' > program && chmod 755 program");
        var mask = new ProcessBuilder("sh", "-c", "umask").start();
        var readers = 0_444 & ~Integer.parseInt(new String(mask.getInputStream().readAllBytes(), UTF_8).strip(), 8);

        cli.run("cp", id + ":program", here.resolve("program").toString());

        var mode = (Integer) Files.getAttribute(here.resolve("program"), "unix:mode");
        assertThat(mode & 0_111).isEqualTo(readers >> 2);
    }

    @Test
    void names_that_are_not_utf8_are_left_out_and_reported() throws Exception {
        var script =
                "mkdir names && cd names && for n in 'x\\377' 'x\\376'; do : > \"$(printf $n)\"; done && echo y > fine"
                        + " && mkdir \"$(printf 'd\\377')\" && : > \"$(printf 'd\\377')/in\" && ln -s \"$(printf 'to\\377')\" link";
        assertThat(new ProcessBuilder("sh", "-c", script)
                        .directory(here.toFile())
                        .start()
                        .waitFor())
                .isZero();

        var result = cli.run("cp", here.resolve("names").toString(), id + ":");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err().lines()).hasSize(4).allMatch(line -> line.endsWith("a name that is not UTF-8"));
        assertThat(cli.run("exec", id, "ls", "names").line()).isEqualTo("fine");
    }

    @Test
    void a_hostile_name_cannot_forge_a_line_of_output() {
        inside("mkdir -p lines && mkfifo \"$(printf 'lines/a\\nsandboxer: forged')\"");

        var result = cli.run("cp", id + ":lines", here.resolve("lines").toString());

        assertThat(result.err().lines()).hasSize(1);
    }

    @Test
    void hostile_files_do_not_leave_a_sandbox() throws IOException {
        var victim = Files.writeString(here.resolve("victim"), "untouched");
        inside("mkdir -p evil && cd evil && ln -s " + victim + " absolute && ln -s ../victim climbing"
                + " && ln -s / root && ln -s . here && ln -s here/.. sneaky && mkfifo pipe && echo fine > good"
                + " && printf 'x' > \"$(printf 'esc\\033[31m')\" && cp /bin/true su && sudo chown root su && sudo chmod 4755 su"
                + " && printf 'x' > \"$(printf 'bad\\377name')\"");

        var result = cli.run("cp", id + ":evil", here.resolve("out").toString());

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .contains("absolute: a link that leads out")
                .contains("climbing: a link that leads out")
                .contains("root: a link that leads out")
                .contains("sneaky: a link that leads out")
                .contains("pipe: a special file")
                .contains("not UTF-8");
        assertThat(here.resolve("out/good")).hasContent("fine\n");
        assertThat(victim).hasContent("untouched");
        assertThat(Files.exists(here.resolve("out/absolute"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat((Integer) Files.getAttribute(here.resolve("out/su"), "unix:mode") & 07000)
                .isZero();
    }

    @Test
    void a_link_planted_by_an_earlier_copy_is_never_written_through() throws IOException {
        var outside = Files.createDirectory(here.resolve("outside"));
        var out = Files.createDirectories(here.resolve("out/evil2"));
        Files.createSymbolicLink(out.resolve("d"), outside);
        Files.createSymbolicLink(out.resolve("f"), outside.resolve("f"));
        inside("mkdir -p evil2/d && echo x > evil2/d/x && echo x > evil2/f");

        assertThat(cli.run("cp", id + ":evil2", here.resolve("out").toString()).status())
                .isZero();

        assertThat(Cli.entries(outside)).isEmpty();
        assertThat(out.resolve("d/x")).hasContent("x\n");
    }

    @Test
    void a_missing_file_is_named() throws IOException {
        assertThat(cli.run("cp", here.resolve("nothing").toString(), id + ":").err())
                .contains("nothing: there is no such");
        assertThat(cli.run("cp", id + ":nothing", here.toString()).err())
                .contains("nothing")
                .contains("[file_refused]");
        inside("echo x > there && mkdir -p tree3");
        assertThat(cli.run("cp", id + ":there", here.resolve("nodir/x").toString())
                        .err())
                .contains("nodir: there is no such")
                .doesNotContain(".part");
        Files.createSymbolicLink(here.resolve("tree3"), Path.of("nowhere"));
        assertThat(cli.run("cp", id + ":tree3", here.toString()).err()).contains("tree3: already exists");
        assertThat(cli.run("cp", "a", "b").err()).contains("exactly one of FROM and TO");
        assertThat(cli.run("cp", id + ":.", here.resolve("no/such/dir").toString())
                        .err())
                .contains("no/such");
    }

    private static void inside(String script) {
        var result = cli.run("exec", id, "sh", "-c", script);
        assertThat(result.status()).as(result.err()).isZero();
    }
}
