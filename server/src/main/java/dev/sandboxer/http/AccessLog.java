package dev.sandboxer.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one log line for each request. Queries are left out, since they may contain signatures. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("access");

    void log(Request request, Response response, HttpExchange.Notes notes, String id, @Nullable Throwable failure) {
        var event = LOG.atInfo()
                .addKeyValue("request", id)
                .addKeyValue("from", Request.getRemoteAddr(request))
                .addKeyValue("status", failure == null ? response.getStatus() : "cut")
                .addKeyValue("bytes", Response.getContentBytesWritten(response))
                .addKeyValue("ms", NanoTime.millisSince(request.getBeginNanoTime()));
        if (notes.consumer != null) {
            event = event.addKeyValue("consumer", notes.consumer);
        }
        if (notes.sandbox != null) {
            event = event.addKeyValue("sandbox", notes.sandbox);
        }
        event.log("{} {}", request.getMethod(), HttpExchange.pathOf(request));
    }
}
