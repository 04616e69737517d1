package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.observe.VirtualThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Forwards one request and its response. */
final class PortExchange {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final PortConnection connection;
    private final Limits limits;
    private final ClientWatch watch;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Upload upload;
    private boolean sent;
    private volatile @Nullable Throwable clientLost;

    PortExchange(Request request, Response response, Callback callback, PortConnection connection, Limits limits) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.connection = connection;
        this.limits = limits;
        this.watch = new ClientWatch(request, () -> clientLeft(new EofException("the client has left")));
    }

    void run(Forwarding forwarding) {
        RequestIdleTimeout.lift(request);
        request.addFailureListener(this::clientLeft);
        boolean forwardedOrRefused = false;
        try {
            var first = request.read();
            var head = head(forwarding, first);
            var reader = new ResponseReader(connection, head, limits.responseHeadBytes());
            send(head, first);
            var answer = answer(reader);
            if (answer == null) {
                return;
            }
            inspect(forwarding, answer);
            if (answer.switchesProtocols()) {
                forwardedOrRefused = tunnel(answer, reader);
            } else {
                relay(answer, reader);
            }
        } finally {
            if (!forwardedOrRefused) {
                close();
            }
        }
    }

    private void inspect(Forwarding forwarding, ResponseHead answer) {
        if (forwarding.onward() instanceof UpstreamProxy onward) {
            try {
                onward.onStatus().accept(answer.status());
            } catch (RuntimeException e) {
                close();
                settle(limits.linger());
                throw e;
            }
        }
    }

    private RequestHead head(Forwarding forwarding, Content.@Nullable Chunk first) {
        try {
            return RequestHead.of(request, forwarding, !isEmpty(first));
        } catch (RequestRefusedException e) {
            if (first != null) {
                first.release();
            }
            throw e;
        }
    }

    private static boolean isEmpty(Content.@Nullable Chunk chunk) {
        return chunk != null && chunk.isLast() && !chunk.hasRemaining() && !Content.Chunk.isFailure(chunk);
    }

    private void send(RequestHead head, Content.@Nullable Chunk first) {
        var writer = new RequestWriter(head.metaData(), connection);
        if (!isEmpty(first)) {
            upload = new Upload(request, writer, watch::arm, this::clientLeft);
            upload.start(first);
            return;
        }
        watch.arm();
        try {
            writer.write(BufferUtil.EMPTY_BUFFER, true);
            sent = true;
        } catch (IOException | RuntimeException e) {
            // the server may have answered already; its answer is used
        }
    }

    /** Returns the response's head; null when the client left first and needs no answer. */
    private @Nullable ResponseHead answer(ResponseReader reader) {
        try {
            return reader.head();
        } catch (IOException | RuntimeException e) {
            failUnanswered(e);
            return null;
        }
    }

    /** Ends an exchange without a response; the caller has to answer unless the client has left. */
    private void failUnanswered(Exception cause) {
        close();
        settle(limits.linger());
        var lost = clientLost;
        if (lost == null) {
            throw new PortUnavailableException(reason(cause), cause);
        }
        callback.failed(Abort.of(request, lost));
    }

    private static String reason(Exception e) {
        var message = e.getMessage();
        return message == null ? "the connection to the server failed" : message;
    }

    private void relay(ResponseHead head, ResponseReader reader) {
        try {
            head.copyTo(request, response);
            while (true) {
                if (!reader.poll()) {
                    sendHead();
                    reader.await();
                    continue;
                }
                var piece = reader.take();
                if (piece == null) {
                    break;
                }
                write(false, piece);
            }
            // before the end, because Jetty would otherwise add a Content-Length
            sendHead();
            finish(reader);
        } catch (IOException | RuntimeException e) {
            if (response.isCommitted()) {
                abort(e);
            } else {
                response.reset();
                failUnanswered(e);
            }
        }
    }

    private void sendHead() throws IOException {
        if (!response.isCommitted()) {
            write(false, BufferUtil.EMPTY_BUFFER);
        }
    }

    private void write(boolean last, ByteBuffer content) throws IOException {
        Content.Sink.write(response, last, content);
    }

    private void finish(ResponseReader reader) throws IOException {
        var lost = clientLost;
        if (lost != null) {
            throw new EofException(lost);
        }
        // first, so that the connection is free when the client sends its next request
        boolean released = release(reader);
        write(true, BufferUtil.EMPTY_BUFFER);
        if (!released) {
            close();
        }
        if (settle(limits.linger())) {
            callback.succeeded();
        } else {
            callback.failed(Abort.of(request, new EofException("the client kept sending after the response")));
        }
    }

    /** Turns the exchange into a tunnel, which then owns the connection; returns false if that fails. */
    private boolean tunnel(ResponseHead head, ResponseReader reader) {
        if (!settle(limits.linger())) {
            abort(new EofException("the request was still being sent when the protocol changed"));
            return false;
        }
        var client = request.getConnectionMetaData().getConnection().getEndPoint();
        var tunnel = new Tunnel(client, request.getComponents().getExecutor(), connection, reader.rest());
        try {
            head.copyTo(request, response);
            Request.unWrap(request).setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel);
            request.addHttpStreamWrapper(stream -> new TunnelStream(stream, tunnel, this::closeElsewhere));
            write(true, BufferUtil.EMPTY_BUFFER);
        } catch (IOException | RuntimeException e) {
            abort(e);
            return false;
        }
        callback.succeeded();
        return true;
    }

    /** Ends the upload and the watch; returns true if the request was read to its end within the limit. */
    private boolean settle(Duration limit) {
        try {
            if (upload == null || upload.await(limit)) {
                return true;
            }
            close();
            upload.stop();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            watch.end();
        }
    }

    private void abort(Exception cause) {
        close();
        settle(Duration.ZERO);
        callback.failed(Abort.of(request, cause));
    }

    /** Records that the client has left. Called from threads that must not wait. */
    private void clientLeft(Throwable cause) {
        clientLost = cause;
        closeElsewhere();
    }

    private void closeElsewhere() {
        VirtualThreads.start("port-close", this::close);
    }

    /** Releases the connection for another request, if it can take one; returns true if it did. */
    private boolean release(ResponseReader reader) {
        if (connection instanceof ReusableConnection reusable
                && reader.leavesConnectionReusable()
                && (upload == null ? sent : upload.delivered())
                && closed.compareAndSet(false, true)) {
            reusable.release();
            return true;
        }
        return false;
    }

    private void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                connection.close();
            } catch (RuntimeException e) {
                // the exchange is over, so a failed close changes nothing
            }
        }
    }
}
