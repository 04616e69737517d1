package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    Path dir;

    @Test
    void is_where_SANDBOXER_HOME_says() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "/srv/boxes", "HOME", "/home/ada"))
                        .directory())
                .isEqualTo(Path.of("/srv/boxes"));
    }

    @Test
    void is_a_hidden_directory_of_the_user_when_nothing_says_otherwise() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "", "HOME", "/home/ada"))
                        .config())
                .isEqualTo(Path.of("/home/ada/.sandboxer/config.yaml"));
        assertThat(Home.locate(Map.of()).directory()).isEqualTo(Path.of(System.getProperty("user.home"), ".sandboxer"));
    }

    @Test
    void a_relative_one_is_made_absolute_so_that_it_stays_the_same_place() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "boxes")).database()).isAbsolute();
    }

    @Test
    void a_path_that_the_locale_cannot_express_is_refused() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Home.locate(Map.of("SANDBOXER_HOME", "/srv/\0")))
                .withMessageContaining("set LC_ALL=C.UTF-8");
    }

    @Test
    void is_created_with_its_parents_and_for_nobody_else() throws IOException {
        Home home = new Home(dir.resolve("a/b/home")).prepare();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.directory())))
                .isEqualTo("rwx------");
        assertThat(home.prepare()).isEqualTo(home);
    }

    @Test
    void may_be_a_link_to_a_directory() throws IOException {
        Path real = Files.createDirectory(dir.resolve("real"));
        new Home(Files.createSymbolicLink(dir.resolve("link"), real)).prepare();
    }

    @Test
    void is_created_by_one_of_many_that_start_at_once() throws ExecutionException, InterruptedException {
        Home home = new Home(dir.resolve("x/home"));
        try (var threads = Executors.newFixedThreadPool(16)) {
            List<Future<Home>> all = new ArrayList<>();
            for (Callable<Home> start : java.util.Collections.<Callable<Home>>nCopies(16, home::prepare)) {
                all.add(threads.submit(start));
            }
            for (Future<Home> one : all) {
                assertThat(one.get()).isEqualTo(home);
            }
        }
    }

    @Test
    void may_not_be_a_file() throws IOException {
        assertRefused(Files.createFile(dir.resolve("file")), "is not a directory; remove it or set SANDBOXER_HOME");
    }

    @Test
    void may_not_be_below_a_file() throws IOException {
        assertRefused(Files.createFile(dir.resolve("file")).resolve("home"), "set SANDBOXER_HOME");
    }

    @Test
    void may_not_be_a_link_that_leads_nowhere() throws IOException {
        assertRefused(
                Files.createSymbolicLink(dir.resolve("link"), dir.resolve("gone")),
                "cannot be used (a link leads nowhere)");
    }

    @Test
    void may_not_be_a_loop_of_links() throws IOException {
        Path link = dir.resolve("link");
        assertRefused(Files.createSymbolicLink(link, link), "Too many levels of symbolic links");
    }

    @Test
    void may_not_belong_to_somebody_else() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        boolean root = (int) Files.getAttribute(other, "unix:uid") == 0;
        if (root) {
            Files.setAttribute(other, "unix:uid", 54321);
        }
        assertRefused(root ? other : Path.of("/usr"), "run as its owner or set SANDBOXER_HOME");
    }

    @Test
    void may_not_be_writable_for_everybody() throws IOException {
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(open, "run: chmod 700 '" + open + "'");
    }

    @Test
    void has_to_be_writable() throws IOException {
        Path readOnly = Path.of("/proc/sys");
        boolean root = (int) Files.getAttribute(dir, "unix:uid") == 0;
        if (!root) {
            readOnly = Files.createDirectory(dir.resolve("ro"));
            Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-x------"));
        }
        assumeTrue(!Files.isWritable(readOnly), "needs a directory that even root can't write");
        assertRefused(readOnly, "is not writable");
    }

    @Test
    void cannot_be_created_where_nothing_can() {
        assertRefused(Path.of("/proc/sandboxer-home"), "set SANDBOXER_HOME to a directory of your own");
    }

    private static void assertRefused(Path directory, String message) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> new Home(directory).prepare())
                .withMessageContaining(message)
                .withMessageContaining(directory.toString())
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.HOME_NOT_WRITABLE));
    }
}
