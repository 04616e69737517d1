package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
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
    void is_the_directory_in_SANDBOXER_HOME() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "/srv/boxes", "HOME", "/home/ada"))
                        .directory())
                .isEqualTo(Path.of("/srv/boxes"));
    }

    @Test
    void defaults_to_a_hidden_directory_in_the_users_home() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "", "HOME", "/home/ada"))
                        .config())
                .isEqualTo(Path.of("/home/ada/.sandboxer/config.yaml"));
        assertThat(Home.locate(Map.of()).directory()).isEqualTo(Path.of(System.getProperty("user.home"), ".sandboxer"));
    }

    @Test
    void a_relative_path_is_made_absolute() {
        assertThat(Home.locate(Map.of("SANDBOXER_HOME", "boxes")).database()).isAbsolute();
    }

    @Test
    void a_path_that_the_locale_cannot_express_is_refused() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Home.locate(Map.of("SANDBOXER_HOME", "/srv/\0")))
                .withMessageContaining("set LC_ALL=C.UTF-8");
    }

    @Test
    void is_created_with_its_parents_and_closed_to_others() throws IOException {
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
    void concurrent_starts_create_it_once() throws ExecutionException, InterruptedException {
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
        assertRefused(Files.createFile(dir.resolve("file")), "is not a directory; remove it, or set SANDBOXER_HOME");
    }

    @Test
    void may_not_be_below_a_file() throws IOException {
        assertRefused(Files.createFile(dir.resolve("file")).resolve("home"), "set SANDBOXER_HOME");
    }

    @Test
    void may_not_be_a_link_that_leads_nowhere() throws IOException {
        assertRefused(
                Files.createSymbolicLink(dir.resolve("link"), dir.resolve("gone")),
                "can't be used (the path has a broken link)");
    }

    @Test
    void may_not_be_a_loop_of_links() throws IOException {
        Path link = dir.resolve("link");
        assertRefused(Files.createSymbolicLink(link, link), "Too many levels of symbolic links");
    }

    @Test
    void must_belong_to_us() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        boolean root = (int) Files.getAttribute(other, "unix:uid") == 0;
        if (root) {
            Files.setAttribute(other, "unix:uid", 54321);
        }
        assertRefused(root ? other : Path.of("/usr"), "run as its owner, or set SANDBOXER_HOME");
    }

    @Test
    void files_that_others_could_read_are_closed_at_the_next_start() throws IOException {
        Path open = Files.createDirectory(dir.resolve("open"), mode("rwxr-xr-x"));
        for (String ours : List.of("sandboxer.db", "sandboxer.db-wal", "config.yaml", "token.key", "master-key.json")) {
            Files.setPosixFilePermissions(
                    Files.createFile(open.resolve(ours)), PosixFilePermissions.fromString("rw-r--r--"));
        }
        Path theirs = Files.createFile(dir.resolve("theirs"));
        Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createSymbolicLink(open.resolve("rates.yaml"), theirs);
        Path notes = Files.createFile(open.resolve("notes"));
        Files.setPosixFilePermissions(notes, PosixFilePermissions.fromString("rw-r--r--"));

        new Home(open).prepare();

        assertThat(permissions(open)).isEqualTo("rwx------");
        for (String ours : List.of("sandboxer.db", "sandboxer.db-wal", "config.yaml", "token.key", "master-key.json")) {
            assertThat(permissions(open.resolve(ours))).as(ours).isEqualTo("rw-------");
        }
        assertThat(permissions(theirs)).isEqualTo("rw-r--r--");
        assertThat(permissions(notes)).isEqualTo("rw-r--r--");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    @Test
    void may_not_be_writable_for_everybody() throws IOException {
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(open, "run: chmod 700 '" + open + "'");
    }

    @Test
    void must_be_writable() throws IOException {
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
    void a_place_where_it_cannot_be_created_is_refused() {
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
