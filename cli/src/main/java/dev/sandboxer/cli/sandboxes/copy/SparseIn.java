package dev.sandboxer.cli.sandboxes.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Copies a local file with holes into an empty file in a sandbox and keeps the holes. */
record SparseIn(SandboxShell shell, CopyProgress progress) {
    /** Reads lines with offset and length, each followed by as many bytes. */
    private static final String SCRIPT = """
            truncate -s "$2" -- "$1" || exit 1
            while read -r offset length; do
              dd of="$1" bs=64k iflag=fullblock,count_bytes oflag=seek_bytes seek="$offset" count="$length" \\
                conv=notrunc status=none || exit 1
            done
            """;

    /** Copies the parts. Returns false if the sandbox lacks the commands for it; the content of the target is then undefined. */
    boolean write(Path source, List<ZeroRuns.Part> parts, String target) throws IOException {
        try (var file = new RandomAccessFile(source.toFile(), "r")) {
            var input = progress.counting(new Parts(file, parts));
            return shell.run(SCRIPT, input, target, Long.toString(Files.size(source)))
                    .isPresent();
        }
    }

    /** The input of the script. */
    private static final class Parts extends InputStream {
        private final RandomAccessFile file;
        private final List<ZeroRuns.Part> parts;
        private int next;
        private long left;
        private InputStream header = InputStream.nullInputStream();

        Parts(RandomAccessFile file, List<ZeroRuns.Part> parts) {
            this.file = file;
            this.parts = parts;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            var count = header.read(target, offset, length);
            if (count > 0) {
                return count;
            }
            if (left == 0) {
                if (next == parts.size()) {
                    return -1;
                }
                var part = parts.get(next++);
                left = part.length();
                file.seek(part.offset());
                header = new ByteArrayInputStream((part.offset() + " " + part.length() + "\n").getBytes(UTF_8));
                return header.read(target, offset, length);
            }
            var read = file.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }
}
