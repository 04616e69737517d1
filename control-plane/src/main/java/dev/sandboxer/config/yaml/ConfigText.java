package dev.sandboxer.config.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Reads the text of a configuration file. Expects any kind of file at its path. */
public final class ConfigText {
    private static final int MAX_BYTES = 1 << 20;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ConfigText() {}

    /** Returns the text, empty if there is no file. Returns null after reporting why the file can't be read. */
    public static @Nullable String read(Path file, Problems problems) {
        try {
            // Checked first, because opening a FIFO would wait for a writer.
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                problems.add(0, 0, "", "is not a regular file");
                return null;
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
            if (bytes.length > MAX_BYTES) {
                problems.add(0, 0, "", "is larger than 1MiB");
                return null;
            }
            return decode(bytes, problems);
        } catch (NoSuchFileException e) {
            return "";
        } catch (AccessDeniedException e) {
            problems.add(0, 0, "", "can't be read: permission denied");
            return null;
        } catch (IOException e) {
            problems.add(0, 0, "", "can't be read: " + e.getMessage());
            return null;
        }
    }

    private static @Nullable String decode(byte[] bytes, Problems problems) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            int column = 1 + text.codePointCount(text.lastIndexOf('\n') + 1, text.length());
            String bad = String.format("0x%02X", bytes[in.position()]);
            problems.add(line, column, "", "is not UTF-8 (byte " + bad + "); save the file as UTF-8");
            return null;
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
