package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Tests file operations that the contracts of the test kit don't cover. */
class FilesTest extends ContainerTest {
    private static final int HUGE = 300 << 20;

    FilesTest() {
        super(Container.Image.HOST);
    }

    /** The file is larger than this JVM's heap. */
    @Test
    void a_file_of_300_MiB_is_written_and_read_in_pieces() throws Exception {
        var sent = MessageDigest.getInstance("SHA-256");
        var entry = files.write("huge", WriteOptions.DEFAULT, random(sent));
        assertThat(entry.size()).isEqualTo(HUGE);
        assertThat(sh("sha256sum huge").out()).startsWith(HexFormat.of().formatHex(sent.digest()));
        var got = MessageDigest.getInstance("SHA-256");
        try (var file = files.read("huge", null, 0, Long.MAX_VALUE)) {
            var piece = new byte[1 << 16];
            for (int count = file.content().read(piece);
                    count >= 0;
                    count = file.content().read(piece)) {
                got.update(piece, 0, count);
            }
        }
        assertThat(sh("sha256sum huge").out()).startsWith(HexFormat.of().formatHex(got.digest()));
        files.remove("huge", null);
    }

    private static InputStream random(MessageDigest digest) {
        var random = new SplittableRandom(1);
        return new InputStream() {
            private int left = HUGE;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                var piece = new byte[Math.min(left, length)];
                random.nextBytes(piece);
                System.arraycopy(piece, 0, buffer, offset, piece.length);
                digest.update(piece);
                left -= piece.length;
                return piece.length;
            }
        };
    }

    @Test
    void each_hostile_name_is_listed_as_one_entry() throws Exception {
        var script = """
                mkdir odd && cd odd && touch -- -rf "$(printf 'a\\nb')" "$(printf 'c\\nx')" '*' '[a]' '.[!.]*' ..x ...
                touch -- "$(printf 'd\\nfff8 1 1 1 1 2001-01-01 root root')" '$(id)' '`id`' "it's" '"' '\\' ' ' "$(printf '\\377')"
                ln -s "$(printf 'to\\nno\\nwhere\\n\\n')" link; mkdir -p 'sub
                /x'
                """;
        assertThat(sh(script).err()).isEmpty();
        assertThat(list("odd", 2))
                .extracting(FileEntry::name)
                .containsExactly(
                        " ",
                        "\"",
                        "$(id)",
                        "*",
                        "-rf",
                        "...",
                        "..x",
                        ".[!.]*",
                        "[a]",
                        "\\",
                        "`id`",
                        "a\nb",
                        "c\nx",
                        "d\nfff8 1 1 1 1 2001-01-01 root root",
                        "it's",
                        "link",
                        "sub\n",
                        "x",
                        "\uFFFD");
        assertThat(files.stat("odd/link", null).linkText()).isEqualTo("to\nno\nwhere");
        files.remove("odd", null);
        assertThat(refusal(() -> files.stat("odd", null))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void a_part_at_a_large_offset_is_read_without_reading_the_bytes_before_it() throws Exception {
        sh("truncate -s 1T sparse && printf end >>sparse");
        try (var file = files.read("sparse", null, 1L << 40, 100)) {
            assertThat(file.entry().size()).isEqualTo((1L << 40) + 3);
            assertThat(file.content().readAllBytes()).asString().isEqualTo("end");
        }
        files.remove("sparse", null);
    }

    @Test
    void a_full_disk_is_reported_and_leaves_no_new_file() throws Exception {
        var full = container.exec(Map.of());
        new Shell(full)
                .run("mkdir -p /tmp/small && mount -t tmpfs -o size=1m none /tmp/small")
                .check("mounting");
        assertThat(refusal(() -> files.write("/tmp/small/f", WriteOptions.DEFAULT, zeros())))
                .isEqualTo(Reason.NO_SPACE);
        assertThat(refusal(() -> files.stat("/tmp/small/f", null))).isEqualTo(Reason.NOT_FOUND);
        files.write("/tmp/small/old", WriteOptions.DEFAULT, bytes("old"));
        assertThat(refusal(() -> files.write("/tmp/small/old", WriteOptions.DEFAULT, zeros())))
                .isEqualTo(Reason.NO_SPACE);
        assertThat(files.stat("/tmp/small/old", null).type()).isEqualTo(FileType.FILE);
    }

    @Test
    void a_failing_source_removes_the_new_target_of_a_link_but_not_the_link() {
        files.makeSymlink("target", "dangling", null);
        var failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source failed");
            }
        };
        assertThatThrownBy(() -> files.write("dangling", WriteOptions.DEFAULT, failing))
                .hasMessage("the source failed");
        assertThat(files.stat("dangling", null).targetType()).isEqualTo(FileType.UNKNOWN);
        assertThat(refusal(() -> files.stat("target", null))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void a_file_has_its_mode_before_its_content_is_written() throws Exception {
        var seen = new ArrayList<String>();
        var asking = new InputStream() {
            private boolean asked;

            @Override
            public int read() throws IOException {
                if (asked) {
                    return -1;
                }
                asked = true;
                seen.add(Integer.toOctalString(files.stat("secret", null).mode()));
                return 'x';
            }
        };
        files.write("secret", new WriteOptions(null, 0600, null), asking);
        assertThat(seen).containsExactly("600");
    }

    @Test
    void a_time_out_of_range_does_not_break_a_listing() throws Exception {
        sh("mkdir times && touch -d @9000000000000000000 times/far; touch -d @-1.5 times/before");
        assertThat(list("times", 1)).hasSize(2);
        assertThat(files.stat("times/before", null).modifiedAt()).hasToString("1969-12-31T23:59:58.500Z");
    }

    @Test
    void an_unsupported_or_invalid_operation_is_refused_before_anything_is_changed() {
        var metadata = new WriteOptions(null, null, Map.of("a", "b"));
        assertThat(refusal(() -> files.write("noted", metadata, bytes("x")))).isEqualTo(Reason.UNSUPPORTED);
        assertThat(refusal(() -> files.watch("", null, false, false))).isEqualTo(Reason.UNSUPPORTED);
        assertThat(refusal(() -> files.list("", 0, null, _ -> {}))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> files.stat("noted", null))).isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal(() -> files.remove("/", null))).isEqualTo(Reason.PERMISSION_DENIED);
        assertThat(refusal(() -> files.stat("x", "user\0"))).isEqualTo(Reason.UNKNOWN_USER);
    }

    @Test
    void a_move_replaces_its_destination_and_never_moves_into_it() throws Exception {
        sh("mkdir -p moves/full/x moves/empty moves/dir; touch moves/file; ln -s full moves/link");
        assertThat(refusal(() -> files.move("moves/file", "moves/empty", null))).isEqualTo(Reason.IS_A_DIRECTORY);
        assertThat(refusal(() -> files.move("moves/dir", "moves/file", null))).isEqualTo(Reason.NOT_A_DIRECTORY);
        assertThat(refusal(() -> files.move("moves/dir", "moves/full", null))).isEqualTo(Reason.NOT_EMPTY);
        files.move("moves/dir", "moves/empty", null);
        files.move("moves/file", "moves/link", null);
        assertThat(list("moves", 3)).extracting(FileEntry::name).containsExactly("empty", "full", "x", "link");
        assertThat(files.stat("moves/link", null).type()).isEqualTo(FileType.FILE);
    }

    @Test
    void a_path_that_looks_like_an_error_message_does_not_change_the_reason() {
        assertThat(refusal(() -> files.stat("x: Permission denied", null))).isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal(() -> files.read("x\n: Is a directory", null, 0, 1))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void a_path_is_returned_without_empty_and_dot_parts() throws Exception {
        sh("mkdir -p tidy && touch tidy/f");
        assertThat(files.stat(".//tidy/./f/", null).path()).isEqualTo("/home/user/tidy/f");
        assertThat(files.stat("//", null).path()).isEqualTo("/");
        assertThat(files.stat("//", null).name()).isEqualTo("/");
        assertThat(list("/home//./", 1)).extracting(FileEntry::path).containsExactly("/home/user");
    }

    private List<FileEntry> list(String path, int depth) {
        var entries = new ArrayList<FileEntry>();
        files.list(path, depth, null, entries::add);
        return entries;
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static InputStream zeros() {
        return new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return length;
            }
        };
    }
}
