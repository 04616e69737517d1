package dev.sandboxer.http;

import java.io.IOException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty's handler of all requests: runs the endpoint, and makes sure that every request is answered. */
final class FrontHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(FrontHandler.class);

    /** The most memory for long request bodies, in bytes. */
    private static final int MAX_HELD_BYTES = 4 * HttpExchange.MAX_BODY_BYTES;

    private final Endpoint endpoint;
    private final RequestLog requestLog;
    private final Timeouts timeouts;
    private final BodyMemory bodies = new BodyMemory(MAX_HELD_BYTES);

    FrontHandler(Endpoint endpoint, RequestLog requestLog, Timeouts timeouts) {
        super(InvocationType.BLOCKING);
        this.endpoint = endpoint;
        this.requestLog = requestLog;
        this.timeouts = timeouts;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var exchange = new HttpExchange(request, response, callback, timeouts, bodies);
        var id = requestLog.enter(request, response, exchange.notes());
        try {
            try {
                endpoint.answer(exchange);
            } finally {
                exchange.stopWatching();
            }
            if (!exchange.completed()) {
                exchange.finish();
            }
        } catch (Exception | Error e) {
            if (!exchange.completed()) {
                fail(exchange, id, callback, e);
            }
        } finally {
            exchange.release();
        }
        return true;
    }

    /** Answers 500 to an unhandled failure, or 408 to a client that was silent. Cuts the connection if an answer has begun. */
    private static void fail(HttpExchange exchange, String id, Callback callback, Throwable e) {
        var clientGone = e instanceof IOException;
        if (!(e instanceof AnswerCutException) && !clientGone) {
            LOG.atError().addKeyValue("request", id).setCause(e).log("a request failed");
        }
        if (!exchange.committed() && TimedInput.isSilence(e)) {
            Response.writeError(exchange.request(), exchange.response(), callback, 408);
        } else if (exchange.committed() || clientGone || e instanceof AnswerCutException) {
            callback.failed(e);
        } else {
            Response.writeError(exchange.request(), exchange.response(), callback, 500, "internal error");
        }
    }
}
