package dev.sandboxer.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads and uploads file contents: {@code /files} of e2b-dev/E2B, {@code spec/envd/envd.yaml}. Contents are
 * streamed and never held in memory as a whole. Thread-safe.
 */
record FileTransfer(EnvdClient client) {
    /** Limit of a whole upload; one that makes no progress is aborted earlier. */
    private static final Duration UPLOAD = Duration.ofHours(6);

    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final Pattern METADATA_KEY = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]{1,200}");
    private static final Pattern METADATA_VALUE = Pattern.compile("[ -~]{0,4096}");

    InputStream read(String path, @Nullable String user, long offset, long length) {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        var request = client.request(address(path, user)).GET();
        if (offset > 0 || length < Long.MAX_VALUE) {
            var last = length > Long.MAX_VALUE - offset ? "" : Long.toString(offset + length - 1);
            request.header("Range", "bytes=" + offset + "-" + last);
        }
        var response = client.open(request);
        return switch (response.statusCode()) {
            case PARTIAL_CONTENT -> client.bodyOf(response);
            case 200 -> part(client.bodyOf(response), offset, length);
            case RANGE_NOT_SATISFIABLE -> {
                close(response);
                yield InputStream.nullInputStream();
            }
            default -> throw refused(client.readError(response), path);
        };
    }

    /** Cuts a range out of a whole file, which a server without range support sends. */
    private static InputStream part(InputStream whole, long offset, long length) {
        if (offset == 0 && length == Long.MAX_VALUE) {
            return whole;
        }
        return new FilterInputStream(whole) {
            private long before = offset;
            private long left = length;

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int at, int wanted) throws IOException {
                if (before > 0) {
                    in.skipNBytes(Math.min(before, Long.MAX_VALUE));
                    before = 0;
                }
                if (left <= 0) {
                    return -1;
                }
                var count = in.read(buffer, at, (int) Math.min(wanted, left));
                left -= Math.max(0, count);
                return count;
            }
        };
    }

    /**
     * Uploads a file.
     *
     * @param metadata null = none
     * @throws IOException when the source fails
     */
    void write(String path, @Nullable String user, @Nullable Map<String, String> metadata, InputStream source)
            throws IOException {
        var upload =
                new UploadSource(source, client.idleTimer(), client.timeouts().idle());
        var request = upload(client.request(address(path, user)), upload);
        if (metadata != null) {
            addMetadata(request, metadata);
        }
        var reply = send(request, upload);
        if (!reply.isSuccess()) {
            throw refused(reply, path);
        }
    }

    private HttpRequest.Builder upload(HttpRequest.Builder request, InputStream source) {
        var content = BodyPublishers.ofInputStream(() -> source);
        request.version(Version.HTTP_1_1);
        if (client.envd().takesPlainUploads()) {
            return request.header("Content-Type", "application/octet-stream").POST(content);
        }
        var boundary = "sandboxer" + UUID.randomUUID();
        var head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        return request.header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.concat(
                        BodyPublishers.ofString(head),
                        content,
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")));
    }

    private void addMetadata(HttpRequest.Builder request, Map<String, String> metadata) {
        if (!metadata.isEmpty() && !client.envd().keepsMetadata()) {
            throw new OperationException(
                    Reason.UNSUPPORTED, "the sandbox's template is too old for file metadata; rebuild it");
        }
        metadata.forEach((key, value) -> {
            if (!METADATA_KEY.matcher(key).matches()
                    || !METADATA_VALUE.matcher(value).matches()) {
                throw new OperationException(
                        Reason.INVALID, "file metadata at E2B must have lower-case names and printable ASCII values");
            }
            request.header("X-Metadata-" + key, value);
        });
    }

    private Reply send(HttpRequest.Builder request, UploadSource source) throws IOException {
        var pending = client.begin(request);
        source.onIdle(pending::cancel);
        try {
            return pending.await(UPLOAD);
        } catch (CallFailedException e) {
            source.rethrowFailure();
            throw client.connectionLost(e);
        } finally {
            source.done();
        }
    }

    private RuntimeException refused(Reply reply, String path) {
        var message = reply.message();
        return switch (reply.status()) {
            case 400, 403, 404, 500, 507 ->
                EnvdErrorMapper.ofContent(reply.status(), client.redactedLine(message), path);
            case 401 ->
                message.toLowerCase(Locale.ROOT).contains("access token")
                        ? otherRefusal(reply, path)
                        : EnvdErrorMapper.ofContent(401, client.redactedLine(message), path);
            default -> otherRefusal(reply, path);
        };
    }

    /** Returns the exception for an answer that is not envd's own about a file. */
    private RuntimeException otherRefusal(Reply reply, String path) {
        var refusal = client.refused(reply);
        return refusal instanceof ConnectException cause ? EnvdErrorMapper.ofFiles(cause, path) : refusal;
    }

    private static String address(String path, @Nullable String user) {
        // an empty path means the home directory, as in the other calls
        var query = "/files?path=" + escape(path.isEmpty() ? "~" : path);
        return user == null ? query : query + "&username=" + escape(user);
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void close(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            // the body is not needed
        }
    }
}
