package dev.sandboxer.server.it.harness;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;

/** One cleartext HTTP/2 connection, for many calls at once. */
public final class Http2Wire implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    private final HTTP2Client client = new HTTP2Client();
    private final Session session;

    public Http2Wire(InetSocketAddress address) throws Exception {
        client.setMaxConcurrentPushedStreams(0);
        client.start();
        var settled = new CompletableFuture<Void>();
        session = client.connect(address, new Session.Listener() {
                    @Override
                    public void onSettings(Session session, SettingsFrame frame) {
                        settled.complete(null); // before that, only few streams may be opened
                    }
                })
                .get(PATIENCE_S, TimeUnit.SECONDS);
        settled.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** Returns how many concurrent streams the server allows. */
    public int mostStreams() {
        return ((HTTP2Session) session).getMaxLocalStreams();
    }

    /** Begins a call with one message. */
    public Call call(Guest guest, String method, byte[] frame) throws Exception {
        var headers = HttpFields.build();
        guest.headers().lines().filter(line -> !line.startsWith("Host:")).forEach(line -> {
            var at = line.indexOf(':');
            headers.add(line.substring(0, at), line.substring(at + 1).strip());
        });
        headers.add("Content-Type", ConnectStream.TYPE).add("Connect-Protocol-Version", "1");
        var uri = new HttpURI.Unsafe("http", "h", -1, "/" + method, null, null);
        var request = new MetaData.Request("POST", uri, HttpVersion.HTTP_2, headers);
        var call = new Call();
        call.stream =
                session.newStream(new HeadersFrame(request, null, false), call).get(PATIENCE_S, TimeUnit.SECONDS);
        call.stream
                .data(new DataFrame(call.stream.getId(), ByteBuffer.wrap(frame), true))
                .get(PATIENCE_S, TimeUnit.SECONDS);
        return call;
    }

    /** A call and the bytes of its answer. */
    public static final class Call implements Stream.Listener {
        private final CompletableFuture<Void> begun = new CompletableFuture<>();
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Stream stream;

        public void cancel() throws Exception {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code))
                    .get(PATIENCE_S, TimeUnit.SECONDS);
        }

        /** Completes with the first bytes of the answer. */
        public CompletableFuture<Void> begun() {
            return begun;
        }

        public CompletableFuture<byte[]> all() {
            return all;
        }

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            if (frame.getMetaData() instanceof MetaData.Response response && response.getStatus() != 200) {
                fail("status " + response.getStatus());
            } else {
                stream.demand();
            }
        }

        @Override
        public void onDataAvailable(Stream stream) {
            for (var data = stream.readData(); data != null; data = stream.readData()) {
                var piece = new byte[data.frame().remaining()];
                data.frame().getByteBuffer().get(piece);
                data.release();
                bytes.writeBytes(piece);
                if (piece.length > 0) {
                    begun.complete(null);
                }
                if (data.frame().isEndStream()) {
                    all.complete(bytes.toByteArray());
                    return;
                }
            }
            stream.demand();
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            fail("reset after " + bytes.toString(StandardCharsets.UTF_8));
            callback.succeeded();
        }

        @Override
        public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
            fail(reason);
            callback.succeeded();
        }

        private void fail(String how) {
            begun.completeExceptionally(new AssertionError(how));
            all.completeExceptionally(new AssertionError(how));
        }
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
