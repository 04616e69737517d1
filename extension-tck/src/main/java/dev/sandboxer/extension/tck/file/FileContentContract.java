package dev.sandboxer.extension.tck.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Bytes;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract for reading and writing the content of files. */
public abstract class FileContentContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected FileContentContract() {}

    private static final int LARGE = 10_000_000;

    @Test
    void content_of_any_size_is_read_back_unchanged() {
        for (int size : new int[] {0, 1, 1024, 65_535, 65_536, 65_537, 1 << 20}) {
            var path = box().newPath();
            var content = Bytes.random(size, size);
            var entry = box().write(path, content);
            assertThat(entry.size()).isEqualTo(size);
            assertThat(entry.type()).isEqualTo(FileType.FILE);
            assertThat(entry.path()).isEqualTo(path);
            assertThat(box().read(path)).isEqualTo(content);
        }
    }

    @Test
    void ten_megabytes_are_the_same_inside_and_when_read_back() {
        var path = box().newPath();
        var content = Bytes.random(LARGE, 1);
        box().write(path, content);
        assertThat(box().sh("sha256sum <\"$1\"", path).text()).startsWith(Bytes.sha256(content));
        assertThat(Bytes.sha256(box().read(path))).isEqualTo(Bytes.sha256(content));
    }

    @Test
    void a_part_is_read_from_an_offset() {
        var path = box().newPath();
        box().write(path, "0123456789");
        assertThat(box().read(path, 0, 3)).asString().isEqualTo("012");
        assertThat(box().read(path, 4, 3)).asString().isEqualTo("456");
        assertThat(box().read(path, 8, 100)).asString().isEqualTo("89");
        assertThat(box().read(path, 7, Long.MAX_VALUE)).asString().isEqualTo("789");
        assertThat(box().read(path, 10, 5)).isEmpty();
        assertThat(box().read(path, 1L << 40, 5)).isEmpty();
        assertThat(box().read(path, 3, 0)).isEmpty();
    }

    @Test
    void reading_a_part_returns_the_entry_of_the_whole_file() throws IOException {
        var path = box().newPath();
        box().write(path, "0123456789");
        try (var file = files().read(path, null, 4, 2)) {
            assertThat(file.entry().size()).isEqualTo(10);
            assertThat(file.entry().path()).isEqualTo(path);
            assertThat(file.content().readAllBytes()).asString().isEqualTo("45");
        }
    }

    @Test
    void closing_early_ends_the_transfer() throws IOException {
        var path = box().newPath();
        box().sh("head -c 200000000 /dev/zero >\"$1\"", path);
        for (int i = 0; i < 10; i++) {
            try (var file = files().read(path, null, 0, Long.MAX_VALUE)) {
                assertThat(file.content().read()).isZero();
            }
        }
        files().remove(path, null);
        assertThat(box().sh("echo still here").text()).isEqualTo("still here");
    }

    @Test
    void an_existing_file_is_truncated_in_place() {
        var path = box().newPath();
        box().write(path, "a long content", Box.mode(0600));
        box().sh("ln \"$1\" \"$1\".hard", path);
        var entry = box().write(path, "short");
        assertThat(entry.mode()).as("unchanged").isEqualTo(0600);
        assertThat(box().text(path + ".hard")).isEqualTo("short");
    }

    @Test
    void writing_through_a_link_changes_its_target() {
        var directory = box().newDirectory();
        box().write(directory + "/target", "old");
        files().makeSymlink("target", directory + "/link", null);
        box().write(directory + "/link", "new");
        assertThat(box().text(directory + "/target")).isEqualTo("new");
        assertThat(box().text(directory + "/link")).isEqualTo("new");
        assertThat(files().stat(directory + "/link", null).type()).isEqualTo(FileType.SYMLINK);
    }

    @Test
    void a_source_that_fails_in_the_middle_leaves_no_new_file() {
        var path = box().newPath();
        assertThatThrownBy(() -> files().write(path, WriteOptions.DEFAULT, failingAfter(3_000_000)))
                .isInstanceOf(IOException.class)
                .hasMessage("the source failed");
        Eventually.holds(fixture().timeout(), "removed again", () -> isMissing(path));
        box().write(path, "another");
        assertThat(box().text(path)).isEqualTo("another");
    }

    @Test
    void a_source_that_fails_in_the_middle_does_not_remove_an_existing_file() {
        var path = box().newPath();
        box().write(path, "old", Box.mode(0640));
        assertThatThrownBy(() -> files().write(path, WriteOptions.DEFAULT, failingAfter(100_000)))
                .isInstanceOf(IOException.class);
        assertThat(files().stat(path, null).mode()).isEqualTo(0640);
    }

    @Test
    void only_regular_files_are_read() {
        var directory = box().newDirectory();
        box().sh("mkfifo \"$1\"/fifo", directory);
        Failures.refuses(Reason.NOT_FOUND, () -> box().read(directory + "/missing"));
        Failures.refuses(Reason.IS_A_DIRECTORY, () -> box().read(directory));
        Failures.refuses(Reason.SPECIAL_FILE, () -> box().read(directory + "/fifo"));
        Failures.refuses(Reason.SPECIAL_FILE, () -> box().read("/dev/zero"));
    }

    @Test
    void only_regular_files_are_written() {
        var directory = box().newDirectory();
        box().sh("mkfifo \"$1\"/fifo", directory);
        Failures.refuses(Reason.IS_A_DIRECTORY, () -> box().write(directory, "x"));
        Failures.refuses(Reason.SPECIAL_FILE, () -> box().write(directory + "/fifo", "x"));
        Failures.refuses(Reason.SPECIAL_FILE, () -> box().write("/dev/null", "x"));
        box().write(directory + "/file", "old");
        Failures.refuses(Reason.NOT_A_DIRECTORY, () -> box().write(directory + "/file/below", "x"));
        assertThat(box().text(directory + "/file")).isEqualTo("old");
    }

    @Test
    void a_refusal_does_not_wait_for_the_source() {
        var directory = box().newDirectory();
        var endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }
        };
        Failures.refuses(Reason.IS_A_DIRECTORY, () -> files().write(directory, WriteOptions.DEFAULT, endless));
    }

    @Test
    void many_transfers_at_once_do_not_mix() throws Exception {
        var directory = box().newDirectory();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var transfers = IntStream.range(0, 30)
                    .mapToObj(i -> threads.submit(() -> {
                        var content = Bytes.random(200_000, i);
                        box().write(directory + "/" + i, content);
                        assertThat(box().read(directory + "/" + i)).isEqualTo(content);
                    }))
                    .toList();
            for (var transfer : transfers) {
                transfer.get(fixture().timeout().multipliedBy(2).toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private boolean isMissing(String path) {
        return box().sh("test -e \"$1\"", path).status() == 1;
    }

    private static InputStream failingAfter(int length) {
        return new SequenceInputStream(new ByteArrayInputStream(new byte[length]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source failed");
            }
        });
    }
}
