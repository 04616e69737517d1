package dev.sandboxer.fakecloud;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A response whose connection is cut after a given number of body bytes. */
final class CutResponse extends Response.Wrapper {
    private long left;

    CutResponse(Request request, Response response, long bytes) {
        super(request, response);
        this.left = bytes;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
        var size = BufferUtil.length(content);
        if (size < left) {
            left -= size;
            super.write(last, content, callback);
            return;
        }
        var rest = content == null ? BufferUtil.EMPTY_BUFFER : content.slice(content.position(), (int) left);
        left = 0;
        super.write(
                false, rest, Callback.from(() -> callback.failed(FaultHandler.cut(getRequest())), callback::failed));
    }
}
