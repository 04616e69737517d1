package dev.sandboxer.fakecloud;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A response in pieces of at most 1 KiB, with a pause before each. */
final class SlowResponse extends Response.Wrapper {
    private static final int MAX_PIECE_BYTES = 1024;

    private final Runnable pause;

    SlowResponse(Request request, Response response, Runnable pause) {
        super(request, response);
        this.pause = pause;
    }

    /** Blocks the writer, which is a virtual thread of the request's own. */
    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
        try {
            while (content != null && content.remaining() > MAX_PIECE_BYTES) {
                pause.run();
                var piece = content.slice(content.position(), MAX_PIECE_BYTES);
                content.position(content.position() + MAX_PIECE_BYTES);
                Content.Sink.write(getWrapped(), false, piece);
            }
        } catch (IOException e) {
            callback.failed(e);
            return;
        }
        pause.run();
        super.write(last, content, callback);
    }
}
