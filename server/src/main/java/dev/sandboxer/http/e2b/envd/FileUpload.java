package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.SandboxCall;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MultiPart;
import org.jspecify.annotations.Nullable;

/** Answers {@code POST /files}: writes one raw file, or several from a multipart body. The content is streamed, not kept in memory. */
final class FileUpload {
    private static final String METADATA = "x-metadata-";
    private static final int MAX_METADATA_BYTES = 4096;
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");
    private static final Pattern KEY = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]{1,200}");

    private static final Pattern FILE_NAME =
            Pattern.compile(";\\s*filename=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^;\\s\"]*))", Pattern.CASE_INSENSITIVE);
    private static final Pattern FILE_NAME_ENCODED =
            Pattern.compile(";\\s*filename\\*=UTF-8''([^;\\s]*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PART_NAME =
            Pattern.compile(";\\s*name=(?:\"([^\"]*)\"|([^;\\s]*))", Pattern.CASE_INSENSITIVE);

    /** A backslash escapes these characters. Before any other character it stands for itself. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\([()<>@,;:\\\\\"/\\[\\]?=])");

    private FileUpload() {}

    private record View(
            String path, String name, String type, @Nullable Map<String, String> metadata) {
        static View of(FileEntry entry) {
            return new View(entry.path(), entry.name(), "file", entry.metadata().isEmpty() ? null : entry.metadata());
        }
    }

    static void answer(SandboxCall call) throws IOException {
        var exchange = call.exchange();
        var path = exchange.query("path");
        var options = new WriteOptions(FileAccess.user(exchange), null, metadata(exchange));
        var written = new ArrayList<View>();
        try (var body = decoded(exchange)) {
            call.transfer(session -> {
                write(exchange, session, path, options, body, written);
                return true;
            });
        } catch (ZipException | EOFException | Multipart.MalformedException e) {
            throw new E2bException(400, String.valueOf(e.getMessage()));
        }
        exchange.json(200, written);
    }

    private static void write(
            HttpExchange exchange,
            Session session,
            @Nullable String path,
            WriteOptions options,
            InputStream body,
            List<View> written)
            throws IOException {
        var type = Objects.requireNonNullElse(exchange.header("Content-Type"), "");
        switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case "application/octet-stream" -> {
                if (path == null || path.isEmpty()) {
                    throw new E2bException(400, "path is required");
                }
                written.add(file(session, path, options, body));
            }
            case "multipart/form-data" -> multipart(session, path, options, body, boundary(type), written);
            default ->
                throw new E2bException(400, "Content-Type must be multipart/form-data or application/octet-stream");
        }
    }

    private static View file(Session session, String path, WriteOptions options, InputStream content)
            throws IOException {
        try {
            return View.of(session.files().write(SandboxPaths.check(path), options, content));
        } catch (OperationException e) {
            throw ErrorMapping.files(e, path);
        }
    }

    private static void multipart(
            Session session,
            @Nullable String path,
            WriteOptions options,
            InputStream body,
            String boundary,
            List<View> written)
            throws IOException {
        var parts = new Multipart(body, boundary);
        var seen = new HashSet<String>();
        for (var part = parts.next(); part != null; part = parts.next()) {
            var disposition = Objects.requireNonNullElse(part.head().get("Content-Disposition"), "");
            if (!"file".equals(first(PART_NAME, disposition))) {
                continue; // ignored, as at E2B
            }
            var target = path == null || path.isEmpty() ? fileName(disposition) : path;
            if (!seen.isEmpty() && seen.contains(resolved(session, target, options))) {
                throw new E2bException(400, "the path '" + target + "' is given twice");
            }
            var view = file(session, target, options, part.content());
            seen.add(SandboxPaths.clean(view.path()));
            written.add(view);
        }
        if (written.isEmpty()) {
            throw new E2bException(400, "the body has no part named file");
        }
    }

    /** Returns the normalized absolute path of a target. */
    private static String resolved(Session session, String target, WriteOptions options) {
        var path = SandboxPaths.check(target);
        if (path.startsWith("/")) {
            return SandboxPaths.clean(path);
        }
        try {
            var home = session.files().stat("", options.user()).path();
            return SandboxPaths.clean(home + "/" + (path.startsWith("~") ? path.substring(1) : path));
        } catch (OperationException e) {
            throw ErrorMapping.files(e, target);
        }
    }

    private static String boundary(String type) {
        var boundary = MultiPart.extractBoundary(type);
        if (boundary == null || boundary.isEmpty()) {
            throw new E2bException(400, "multipart/form-data needs a boundary");
        }
        return boundary;
    }

    /**
     * Returns the file name of a part, including slashes. It is parsed as E2B's daemon does, by the rules of Go's mime package.
     *
     * <p>Clients write a backslash in two ways: Node's fetch leaves it alone, Python's httpx doubles it. These rules read both. Both
     * clients write a quote, CR and LF as %22, %0D and %0A, but don't escape a percent sign. So a literal %22 in a name looks like an
     * escaped quote. These escapes are not decoded, as at E2B; otherwise a file with a literal %22 would get another name.
     *
     * @throws E2bException 400 if the part has no file name
     */
    private static String fileName(String disposition) {
        var encoded = first(FILE_NAME_ENCODED, disposition);
        var name = encoded != null ? HttpExchange.decode(encoded.replace("+", "%2B")) : first(FILE_NAME, disposition);
        if (name == null || name.isEmpty()) {
            throw new E2bException(400, "a part named file needs a file name when there is no path");
        }
        return encoded != null ? name : ESCAPED.matcher(name).replaceAll("$1");
    }

    private static @Nullable String first(Pattern pattern, String text) {
        var match = pattern.matcher(text);
        if (!match.find()) {
            return null;
        }
        return match.group(1) != null || match.groupCount() < 2 ? match.group(1) : match.group(2);
    }

    private static InputStream decoded(HttpExchange exchange) throws IOException {
        var encoding = exchange.header("Content-Encoding");
        return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
            case "identity", "" -> exchange.input();
            case "gzip" -> new GZIPInputStream(exchange.input(), 64 << 10);
            default -> throw new E2bException(400, "Content-Encoding must be gzip or identity");
        };
    }

    /** Returns the metadata for the file. If it is empty, the upload still replaces the metadata that the file had. */
    private static Map<String, String> metadata(HttpExchange exchange) {
        var found = new TreeMap<String, String>();
        var total = 0;
        for (HttpField field : exchange.request().getHeaders()) {
            var name = field.getName().toLowerCase(Locale.ROOT);
            if (name.startsWith(METADATA)) {
                var key = name.substring(METADATA.length());
                var value = Objects.requireNonNullElse(field.getValue(), "");
                if (!KEY.matcher(key).matches() || !PRINTABLE.matcher(value).matches()) {
                    throw new E2bException(400, "metadata must be printable ASCII: " + key);
                }
                total += key.length() + value.length();
                found.put(key, value);
            }
        }
        if (total > MAX_METADATA_BYTES) {
            throw new E2bException(400, "metadata is longer than " + MAX_METADATA_BYTES + " bytes");
        }
        return found;
    }
}
