package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File calls are safe with links, special files and strange names. */
@Timeout(20)
public class HostileFilesIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private Victim victim;

    /** Asserts that the call is refused, and returns the reason. */
    public static Reason refused(ThrowingCallable call) {
        var thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(OperationException.class);
        return ((OperationException) thrown).reason();
    }

    @BeforeEach
    void makeTraps() {
        victim = LAB.shared();
        victim.sh("rm -rf t; mkdir -p t/dir; cd t; ln -s /etc/passwd passwd; ln -s /etc etc; ln -s / root;"
                + " ln -s loop2 loop1; ln -s loop1 loop2; ln -s ../../../../../../../etc/shadow up; mkfifo fifo;"
                + " ln -s fifo tofifo; echo content > file;"
                + " perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Listen => 1, Local => \"socket\")'");
    }

    @Test
    void a_link_to_a_path_of_the_host_leads_to_the_sandbox_s_own_file() throws IOException {
        assertThat(victim.read("t/passwd"))
                .contains("user:x:1000")
                .isNotEqualTo(Files.readString(Path.of("/etc/passwd")));
        assertThat(refused(() -> victim.read("t/up"))).isEqualTo(Reason.NOT_FOUND);
        assertThat(refused(() -> victim.read("t/root" + LAB.home()))).isIn(Reason.NOT_FOUND, Reason.NOT_A_DIRECTORY);
        assertThat(victim.files().stat("t/passwd", null).linkTarget()).isEqualTo("/etc/passwd");
    }

    @Test
    void writing_through_a_link_stays_in_the_sandbox() throws IOException {
        var before = Files.readString(Path.of("/etc/hosts"));
        victim.write("t/etc/hosts", "127.0.0.1 owned\n");
        victim.write("t/root/etc/new-file", "x");
        victim.files().makeDirectory("t/etc/new-directory", null);
        victim.files().move("t/file", "t/etc/moved", null);
        victim.files().makeSymlink("/etc/shadow", "t/etc/link", null);
        assertThat(victim.sh("cat /etc/hosts; ls /etc").text()).contains("owned", "new-directory", "moved", "link");
        assertThat(Path.of("/etc/hosts")).hasContent(before);
        for (String name : List.of("new-file", "new-directory", "moved", "link")) {
            assertThat(Path.of("/etc", name)).doesNotExist();
        }
    }

    @Test
    void removing_a_tree_removes_its_links_and_not_their_targets() {
        victim.files().remove("t", null);
        assertThat(victim.sh("ls -d t").status()).isNotZero();
        assertThat(victim.sh("ls /etc/passwd /home").text()).contains("/etc/passwd");
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void a_listing_does_not_follow_links() {
        var names = new ArrayList<String>();
        victim.files().list("t", 5, null, entry -> names.add(entry.path()));
        assertThat(names).hasSize(11).allMatch(path -> path.startsWith("/home/user/t/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t/fifo",
                "t/tofifo",
                "t/socket",
                "/dev/null",
                "/dev/zero",
                "/dev/tty",
                "/dev/ptmx",
                "/proc/self/fd/0"
            })
    @Timeout(5)
    void special_files_answer_at_once(String path) {
        var files = victim.files();
        assertThat(files.stat(path, null).type()).isIn(FileType.OTHER, FileType.SYMLINK);
        assertThat(refused(() -> victim.read(path))).isIn(Reason.SPECIAL_FILE, Reason.IO, Reason.NOT_FOUND);
        assertThat(refused(() -> victim.write(path, "x")))
                .isIn(Reason.SPECIAL_FILE, Reason.IO, Reason.NOT_FOUND, Reason.PERMISSION_DENIED);
        assertThat(refused(() -> files.list(path, 1, null, _ -> {}))).isEqualTo(Reason.NOT_A_DIRECTORY);
        assertThat(refused(() -> files.watch(path, null, false, false))).isEqualTo(Reason.NOT_A_DIRECTORY);
        assertThat(refused(() -> files.makeDirectory(path, null))).isIn(Reason.NOT_A_DIRECTORY, Reason.NOT_FOUND);
        assertThat(refused(() -> files.makeDirectory(path + "/x", null)))
                .isIn(Reason.NOT_A_DIRECTORY, Reason.NOT_FOUND);
    }

    @Test
    @Timeout(5)
    void special_files_can_be_moved_and_removed() {
        victim.files().move("t/fifo", "t/fifo2", null);
        victim.files().move("t/socket", "/dev/shm/socket", null); // by copy: another file system
        victim.files().remove("t/fifo2", null);
        victim.files().remove("/dev/shm/socket", null);
        assertThat(victim.sh("ls t").text()).doesNotContain("fifo2", "socket");
    }

    @Test
    @Timeout(5)
    void cyclic_links_fail_at_once() {
        var files = victim.files();
        FileEntry entry = files.stat("t/loop1", null);
        assertThat(entry.type()).isEqualTo(FileType.SYMLINK);
        assertThat(entry.targetType()).isEqualTo(FileType.UNKNOWN);
        assertThat(refused(() -> victim.read("t/loop1"))).isEqualTo(Reason.LOOP);
        assertThat(refused(() -> victim.write("t/loop1", "x"))).isEqualTo(Reason.LOOP);
        assertThat(refused(() -> files.list("t/loop1", 1, null, _ -> {}))).isEqualTo(Reason.LOOP);
        assertThat(refused(() -> files.watch("t/loop1", null, true, true))).isEqualTo(Reason.LOOP);
        assertThat(refused(() -> files.makeDirectory("t/loop1/x", null))).isEqualTo(Reason.LOOP);
        assertThat(refused(() -> files.move("t/file", "t/loop1/x", null))).isEqualTo(Reason.LOOP);
        files.remove("t/loop1", null);
    }

    @Test
    void names_can_be_anything() {
        victim.sh(
                "cd t/dir; touch -- '-rf' $'a\\nb' $'\\x1b[2J' $'\\xff\\xfe' '..\\..' \"$(printf 'n%.0s' {1..255})\"");
        var names = new ArrayList<String>();
        victim.files().list("t/dir", 1, null, entry -> names.add(entry.name()));
        assertThat(names).hasSize(6).contains("-rf", "a\nb", "\u001b[2J", "..\\..", "n".repeat(255));
    }

    @Test
    void a_watch_of_a_link_reports_events_of_the_sandbox_only() throws InterruptedException {
        try (var watch = victim.files().watch("t/etc", null, true, true)) {
            victim.rootSh("touch /etc/touched");
            var event = watch.next(Duration.ofSeconds(5));
            assertThat(event).isNotNull();
            assertThat(event.name()).isEqualTo("touched");
        }
    }
}
