package dev.sandboxer.http.e2b.envd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Reads a multipart body part by part as it arrives, with one piece of it in memory at a time. Jetty's parser pushes events, callers
 * pull parts; the parser is fed only when the caller needs more. Not thread-safe.
 */
final class Multipart {
    private static final int PIECE = 16 << 10;
    private static final int MAX_PART_HEAD_BYTES = 16 << 10;
    private static final int MAX_PARTS = 10_000;

    private final InputStream body;
    private final MultiPart.Parser parser;
    private final Deque<Step> steps = new ArrayDeque<>();
    private HttpFields.Mutable head = HttpFields.build();

    private sealed interface Step {
        record Begin(HttpFields head) implements Step {}

        record Bytes(ByteBuffer bytes) implements Step {}

        record End() implements Step {}

        record Complete() implements Step {}

        record Failure(Throwable cause) implements Step {}
    }

    Multipart(InputStream body, String boundary) {
        this.body = body;
        this.parser = new MultiPart.Parser(boundary, new Steps());
        parser.setPartHeadersMaxLength(MAX_PART_HEAD_BYTES);
        parser.setMaxParts(MAX_PARTS);
    }

    /**
     * One part.
     *
     * @param content to be read before the next part; {@link #next} skips the unread rest
     */
    record Part(HttpFields head, InputStream content) {}

    /** Returns the next part; null after the last. */
    @Nullable Part next() throws IOException {
        while (true) {
            switch (step()) {
                case Step.Begin begin -> {
                    return new Part(begin.head, new PartContent());
                }
                case Step.Complete complete -> {
                    steps.addFirst(complete);
                    return null;
                }
                case Step.Failure failure -> throw malformed(failure.cause);
                case Step.Bytes _, Step.End _ -> {} // the unread rest of the previous part
            }
        }
    }

    private Step step() throws IOException {
        for (var step = steps.poll(); ; step = steps.poll()) {
            if (step != null) {
                return step;
            }
            var piece = new byte[PIECE];
            var n = body.read(piece);
            if (n < 0) {
                parser.parse(Content.Chunk.EOF);
                if (steps.isEmpty()) {
                    throw new IOException("the body ends in the middle of a part");
                }
            } else {
                parser.parse(Content.Chunk.from(ByteBuffer.wrap(piece, 0, n), false));
            }
        }
    }

    private static IOException malformed(Throwable cause) {
        return new MalformedException("the multipart body is malformed: " + cause.getMessage(), cause);
    }

    /** Thrown when the body is malformed, which is the sender's fault, not a failure of the connection. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1;

        MalformedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final class Steps implements MultiPart.Parser.Listener {
        @Override
        public void onPartBegin() {
            head = HttpFields.build();
        }

        @Override
        public void onPartHeader(String name, String value) {
            head.add(name, value);
        }

        @Override
        public void onPartHeaders() {
            steps.add(new Step.Begin(head.asImmutable()));
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            if (chunk.hasRemaining()) {
                steps.add(new Step.Bytes(chunk.getByteBuffer()));
            }
        }

        @Override
        public void onPartEnd() {
            steps.add(new Step.End());
        }

        @Override
        public void onComplete() {
            steps.add(new Step.Complete());
        }

        @Override
        public void onFailure(Throwable failure) {
            steps.add(new Step.Failure(failure));
        }
    }

    private final class PartContent extends InputStream {
        private ByteBuffer piece = ByteBuffer.allocate(0);
        private boolean ended;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (!piece.hasRemaining() && !ended) {
                switch (step()) {
                    case Step.Bytes more -> piece = more.bytes;
                    case Step.End _ -> ended = true;
                    case Step.Failure failure -> throw malformed(failure.cause);
                    case Step.Begin _, Step.Complete _ -> throw new IOException("a part without an end");
                }
            }
            if (!piece.hasRemaining()) {
                return -1;
            }
            var n = Math.min(length, piece.remaining());
            piece.get(bytes, offset, n);
            return n;
        }
    }
}
