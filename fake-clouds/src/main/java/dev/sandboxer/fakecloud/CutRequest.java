package dev.sandboxer.fakecloud;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request whose connection is cut when more than a given number of body bytes has arrived. One thread reads. */
final class CutRequest extends Request.Wrapper {
    private volatile long left;

    CutRequest(Request request, long bytes) {
        super(request);
        this.left = bytes;
    }

    boolean isCut() {
        return left < 0;
    }

    @Override
    public Content.@Nullable Chunk read() {
        var chunk = super.read();
        if (chunk == null || Content.Chunk.isFailure(chunk)) {
            return chunk;
        }
        left -= chunk.remaining();
        if (left >= 0) {
            return chunk;
        }
        chunk.release();
        return Content.Chunk.from(FaultHandler.cut(getWrapped()), true);
    }
}
