package dev.sandboxer.e2b.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response as it arrives. When the connection breaks, the JDK's own stream drops what it has buffered;
 * this one delivers all data that had arrived first. It requests the next piece when the last one is taken, so a slow
 * reader slows the sender. One thread reads, any thread may close.
 */
final class ResponseBodyStream extends InputStream implements BodySubscriber<InputStream> {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Holds at most the one requested piece and the end. */
    private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();

    private volatile @Nullable Subscription subscription;
    private volatile boolean closed;

    private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
    private ByteBuffer buffer = NOTHING;
    private @Nullable Piece end;

    private sealed interface Piece {
        record Bytes(List<ByteBuffer> buffers) implements Piece {}

        record Whole() implements Piece {}

        record Broken(Throwable cause) implements Piece {}
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        arrived.add(new Piece.Bytes(piece));
    }

    @Override
    public void onError(Throwable cause) {
        arrived.add(new Piece.Broken(cause));
    }

    @Override
    public void onComplete() {
        arrived.add(new Piece.Whole());
    }

    @Override
    public int read() throws IOException {
        return awaitByte() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!awaitByte()) {
            return -1;
        }
        var count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    /** Waits for a byte and returns true; false at the end of the body. */
    private boolean awaitByte() throws IOException {
        while (true) {
            if (closed) {
                throw new IOException("closed");
            }
            if (buffer.hasRemaining()) {
                return true;
            }
            if (buffers.hasNext()) {
                buffer = buffers.next();
            } else if (!begin(end == null ? take() : end)) {
                return false;
            }
        }
    }

    private boolean begin(Piece piece) throws IOException {
        switch (piece) {
            case Piece.Bytes(List<ByteBuffer> list) -> {
                buffers = list.iterator();
                Objects.requireNonNull(subscription).request(1);
                return true;
            }
            case Piece.Whole _ -> {
                end = piece;
                return false;
            }
            case Piece.Broken(Throwable cause) -> {
                end = piece;
                throw new IOException(cause.getMessage(), cause);
            }
        }
    }

    private Piece take() throws IOException {
        try {
            return arrived.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    /** Ends the transfer. A waiting reader gets an exception. */
    @Override
    public void close() {
        closed = true;
        var current = subscription;
        if (current != null) {
            current.cancel();
        }
        arrived.add(new Piece.Broken(new IOException("closed")));
    }
}
