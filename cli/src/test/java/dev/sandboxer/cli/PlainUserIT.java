package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line for a user who is not root. */
class PlainUserIT {
    private static final int NOBODY = 65534;

    /** Link to the builder's start-up cache: the plain user may not write to the program's directory. */
    @TempDir
    static Path caches;

    @AutoClose
    private static final Cli home = Cli.onFreshHome();

    private static CliProcess cli;

    @BeforeAll
    static void become_a_plain_user() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root to become somebody else");
        home.process().run("--version"); // creates the cache if it is missing
        Files.setPosixFilePermissions(caches, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(caches.resolve("sandboxer"), CliProcess.DISTRIBUTION.resolve("aot"));
        Files.setAttribute(home.home(), "unix:uid", NOBODY);
        Files.setAttribute(home.home(), "unix:gid", NOBODY);
        var who = Integer.toString(NOBODY);
        cli = new CliProcess(home.home())
                .with("HOME", home.home().toString())
                .with("XDG_CACHE_HOME", caches.toString())
                .behind("setpriv", "--reuid", who, "--regid", who, "--clear-groups");
    }

    @AfterAll
    static void end_what_is_left() {
        if (cli != null) {
            cli.run("destroy", "--all");
        }
    }

    @Test
    void runs_commands_as_the_only_user() {
        var result = cli.run("run", "sh", "-c", "id -un; pwd; echo x > note; cat note; cat /etc/shadow");

        assertThat(result.out()).isEqualTo("user\n/home/user\nx\n");
        assertThat(result.err()).contains("No such file");
        assertThat(home.directories()).isEmpty();
    }

    @Test
    void keeps_a_sandbox_between_commands() {
        var id = cli.create();

        cli.run("exec", id, "sh", "-c", "echo kept > note");
        assertThat(cli.run("cp", id + ":note", "-").out()).isEqualTo("kept\n");
        assertThat(cli.run("destroy", id).status()).isZero();
        assertThat(home.directories()).isEmpty();
    }

    @Test
    void ends_a_sandbox_whose_directories_are_closed_or_too_deep() {
        var id = cli.create();
        var script =
                "mkdir -p mod/a d && echo x | tee mod/a/file d/file && chmod 555 mod/a mod && chmod 600 d && python3 -c '"
                        + "import os\nfor i in range(40):\n os.mkdir(\"d\" * 200); os.chdir(\"d\" * 200)'";
        assertThat(cli.run("exec", id, "sh", "-c", script).status()).isZero();

        var ended = cli.run("destroy", id);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(home.directories()).isEmpty();
    }

    @Test
    void gets_no_more_than_its_share_of_the_host_s_terminals() {
        var script =
                "import os\nn = 0\ntry:\n  while True: os.openpty(); n += 1\nexcept OSError as e: print(n, e.errno)";

        assertThat(cli.run("run", "python3", "-c", script).line()).isEqualTo("256 28");
    }

    @Test
    void doctor_reports_what_does_not_work() {
        assertThat(cli.run("run", "-u", "root", "id").err()).contains("[unknown_user]");
        assertThat(cli.run("doctor").out())
                .contains("ext.local: works here")
                .contains("limited")
                .contains("not root");
    }

    @Test
    void reports_files_that_are_not_writable() throws IOException {
        cli.run("ls");
        var database = cli.home().resolve("sandboxer.db");

        setMode(database, "r--------");
        var readOnly = cli.run("create");
        setMode(database, "rw-------");
        setMode(cli.home(), "r-x------");
        var notWritable = cli.run("create");
        setMode(cli.home(), "rwx------");

        assertThat(readOnly.err()).contains(database.toString()).contains("[store_read_only]");
        assertThat(notWritable.err()).contains(cli.home().toString()).contains("[home_not_writable]");
    }

    private static void setMode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
