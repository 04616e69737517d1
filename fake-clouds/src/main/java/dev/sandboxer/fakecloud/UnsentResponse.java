package dev.sandboxer.fakecloud;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A response that accepts everything and sends nothing. One thread writes. */
final class UnsentResponse extends Response.Wrapper {
    private final HttpFields.Mutable headers = HttpFields.build();
    private @Nullable Supplier<HttpFields> trailers;
    private int status;
    private boolean begun;
    private boolean ended;

    UnsentResponse(Request request, Response response) {
        super(request, response);
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setStatus(int code) {
        status = code;
    }

    @Override
    public HttpFields.Mutable getHeaders() {
        return headers;
    }

    @Override
    public @Nullable Supplier<HttpFields> getTrailersSupplier() {
        return trailers;
    }

    @Override
    public void setTrailersSupplier(@Nullable Supplier<HttpFields> supplier) {
        trailers = supplier;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
        begun = true;
        ended |= last;
        BufferUtil.clear(content);
        callback.succeeded();
    }

    @Override
    public boolean isCommitted() {
        return begun;
    }

    @Override
    public boolean hasLastWrite() {
        return ended;
    }

    @Override
    public boolean isCompletedSuccessfully() {
        return ended;
    }

    @Override
    public void reset() {
        headers.clear();
        status = 0;
        trailers = null;
    }

    @Override
    public CompletableFuture<Void> writeInterim(int code, HttpFields fields) {
        return CompletableFuture.completedFuture(null);
    }
}
