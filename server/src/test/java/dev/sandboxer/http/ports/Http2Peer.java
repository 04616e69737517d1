package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.eclipse.jetty.util.Callback;

/** An HTTP/2 client that sends anything, even invalid frames; waits for at most a minute. */
final class Http2Peer implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    private final HTTP2Client client = new HTTP2Client();
    private final Session session;

    Http2Peer(InetSocketAddress address) throws Exception {
        client.setMaxResponseHeadersSize(128 * 1024);
        client.start();
        session = client.connect(address, new Session.Listener() {}).get(PATIENCE_S, TimeUnit.SECONDS);
        ((HTTP2Session) session).getGenerator().getHpackEncoder().setValidateEncoding(false);
    }

    Call call(String method, String path, HttpFields headers, boolean last) throws Exception {
        var uri = new HttpURI.Unsafe("http", "outside.test", -1, path, null, null);
        var request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, headers);
        var call = new Call();
        call.stream =
                session.newStream(new HeadersFrame(request, null, last), call).get(PATIENCE_S, TimeUnit.SECONDS);
        return call;
    }

    Call get() throws Exception {
        return call("GET", "/", HttpFields.EMPTY, true);
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request, and everything that was received for it, in order. */
    static final class Call implements Stream.Listener {
        private static final String END = "[end]";
        private static final String RESET = "[reset]";

        private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
        private Stream stream;

        Call send(String bytes, boolean last) throws Exception {
            return send(bytes.getBytes(ISO_8859_1), last);
        }

        Call send(byte[] bytes, boolean last) throws Exception {
            stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(bytes), last))
                    .get(PATIENCE_S, TimeUnit.SECONDS);
            return this;
        }

        void cancel() throws Exception {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code))
                    .get(PATIENCE_S, TimeUnit.SECONDS);
        }

        MetaData.Response head() throws Exception {
            return (MetaData.Response) next();
        }

        /** Waits for the next piece of the body, or the end of the stream. */
        String piece() throws Exception {
            return (String) next();
        }

        /** Reads the rest of the body; the result says how the stream ended. */
        String rest() throws Exception {
            var text = new StringBuilder();
            while (!text.toString().endsWith(END) && !text.toString().endsWith(RESET)) {
                text.append(piece());
            }
            return text.toString();
        }

        /** Waits for a head, a piece of the body, or the end of the stream. */
        Object next() throws Exception {
            var event = events.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (event == null) {
                throw new TimeoutException();
            }
            return event;
        }

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            events.add(frame.getMetaData());
            if (frame.isEndStream()) {
                events.add(END);
            } else {
                stream.demand();
            }
        }

        @Override
        public void onDataAvailable(Stream stream) {
            for (var data = stream.readData(); data != null; data = stream.readData()) {
                var bytes = new byte[data.frame().remaining()];
                data.frame().getByteBuffer().get(bytes);
                data.release();
                if (bytes.length > 0) {
                    events.add(new String(bytes, ISO_8859_1));
                }
                if (data.frame().isEndStream()) {
                    events.add(END);
                    return;
                }
            }
            stream.demand();
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            events.add(RESET);
            callback.succeeded();
        }

        @Override
        public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
            events.add(RESET);
            callback.succeeded();
        }
    }
}
