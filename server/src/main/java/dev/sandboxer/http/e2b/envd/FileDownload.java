package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.SandboxFiles.OpenFile;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.SandboxCall;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET /files} with a file or one range of it. */
final class FileDownload {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");
    private static final Pattern ENCODING =
            Pattern.compile("\\s*([a-z0-9*_-]+)\\s*(?:;\\s*q=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)\\s*)?");
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT).withZone(ZoneOffset.UTC);

    private FileDownload() {}

    /**
     * A range of bytes.
     *
     * @param first the first byte, counted from 0
     * @param last the last byte, inclusive
     */
    private record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }
    }

    static void answer(SandboxCall call) throws IOException {
        var exchange = call.exchange();
        var path = SandboxPaths.check(exchange.query("path"));
        var user = FileAccess.user(exchange);
        call.transfer(session -> {
            var wanted = exchange.header("Range");
            var range = wanted == null ? null : range(exchange, size(session, path, user), wanted);
            var offset = range == null ? 0 : range.first;
            var length = range == null ? Long.MAX_VALUE : range.length();
            try (var file = open(session, path, user, offset, length)) {
                headers(exchange, file.entry());
                send(exchange, file, range, wantsGzip(exchange));
            }
            return true;
        });
    }

    private static long size(Session session, String path, @Nullable String user) throws IOException {
        try (var file = open(session, path, user, 0, 0)) {
            return file.entry().size();
        }
    }

    /** Opens a file. Follows a link, because the entry of a link has the link's own size. */
    private static OpenFile open(Session session, String path, @Nullable String user, long offset, long length)
            throws IOException {
        var file = session.files().read(path, user, offset, length);
        var target = file.entry().linkTarget();
        if (target == null) {
            return file;
        }
        file.close();
        return session.files().read(target, user, offset, length);
    }

    /**
     * Parses a Range header. Returns null for an unsupported header, which may be answered with the whole file.
     *
     * @throws E2bException 416 if the file has no byte in the range
     */
    private static @Nullable Range range(HttpExchange exchange, long size, String header) {
        var match = RANGE.matcher(header.replace(" ", ""));
        if (!match.matches() || match.group(1).isEmpty() && match.group(2).isEmpty()) {
            return null;
        }
        long first;
        var last = size - 1;
        if (match.group(1).isEmpty()) {
            first = Math.max(0, size - Long.parseLong(match.group(2)));
        } else {
            first = Long.parseLong(match.group(1));
            last = match.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(match.group(2)));
        }
        if (first >= size || first > last) {
            exchange.header("Content-Range", "bytes */" + size);
            throw new E2bException(416, "the file has " + size + " bytes");
        }
        return new Range(first, last);
    }

    private static void headers(HttpExchange exchange, FileEntry entry) {
        var name = URLEncoder.encode(entry.name(), StandardCharsets.UTF_8).replace("+", "%20");
        exchange.header("Content-Disposition", "inline; filename*=UTF-8''" + name);
        exchange.header("Last-Modified", HTTP_DATE.format(entry.modifiedAt()));
        exchange.header("Accept-Ranges", "bytes");
        exchange.response().getHeaders().add("Vary", "Accept-Encoding");
        exchange.header("X-Content-Type-Options", "nosniff");
    }

    private static void send(HttpExchange exchange, OpenFile file, @Nullable Range range, boolean gzip)
            throws IOException {
        var entry = file.entry();
        var type = Objects.requireNonNullElse(
                URLConnection.guessContentTypeFromName(entry.name()), "application/octet-stream");
        if (range != null) {
            exchange.header("Content-Range", "bytes " + range.first + "-" + range.last + "/" + entry.size());
            exchange.header("Content-Length", Long.toString(range.length()));
            copy(file, exchange.stream(206, type), range.length());
        } else if (gzip) {
            exchange.header("Content-Encoding", "gzip");
            try (var out = new GZIPOutputStream(exchange.stream(200, type), 64 << 10)) {
                file.content().transferTo(out);
            }
        } else {
            exchange.header("Content-Length", Long.toString(entry.size()));
            copy(file, exchange.stream(200, type), entry.size());
        }
    }

    /** Copies exactly the announced length. If the file grows, the rest is left out; if it shrinks, the answer fails. */
    private static void copy(OpenFile file, OutputStream to, long length) throws IOException {
        var chunk = new byte[64 << 10];
        var left = length;
        try (to) {
            while (left > 0) {
                var n = file.content().read(chunk, 0, (int) Math.min(chunk.length, left));
                if (n < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
                to.write(chunk, 0, n);
                left -= n;
            }
        }
    }

    /**
     * Returns true if the file is to be sent compressed. A range never is.
     *
     * @throws E2bException 406 if the client accepts neither gzip nor identity
     */
    private static boolean wantsGzip(HttpExchange exchange) {
        var part = exchange.header("Range") != null;
        var takes = new HashMap<String, Boolean>();
        for (String value : exchange.request().getHeaders().getCSV(HttpHeader.ACCEPT_ENCODING, false)) {
            var match = ENCODING.matcher(value.toLowerCase(Locale.ROOT));
            if (match.matches()) {
                var weight = match.group(2);
                takes.put(match.group(1), weight == null || Double.parseDouble(weight) > 0);
            }
        }
        if (!part && takes.getOrDefault("gzip", false)) {
            return true;
        }
        if (takes.getOrDefault("identity", takes.getOrDefault("*", true))) {
            return false;
        }
        if (!part && takes.getOrDefault("gzip", takes.getOrDefault("*", false))) {
            return true;
        }
        throw new E2bException(406, "Accept-Encoding must allow " + (part ? "identity" : "gzip or identity"));
    }
}
