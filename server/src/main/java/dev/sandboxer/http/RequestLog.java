package dev.sandboxer.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Gives each request an id, and logs and counts it exactly once, whether an endpoint or Jetty answers it. */
final class RequestLog {
    private static final String HEADER = "X-Request-Id";
    private static final String ATTRIBUTE = RequestLog.class.getName();

    private final AccessLog accessLog;
    private final HttpMetrics metrics;
    private final UnknownFields unknownFields = new UnknownFields();

    RequestLog(AccessLog accessLog, HttpMetrics metrics) {
        this.accessLog = accessLog;
        this.metrics = metrics;
    }

    /**
     * Registers a request, which is logged and counted when it has ended.
     *
     * @return the id of the request
     */
    String enter(Request request, Response response, HttpExchange.Notes notes) {
        var id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        request.setAttribute(ATTRIBUTE, id);
        response.getHeaders().put(HEADER, id);
        metrics.begin();
        Request.addCompletionListener(request, failure -> {
            metrics.end(request, response, notes);
            accessLog.log(request, response, notes, id, failure);
            unknownFields.log(String.valueOf(notes.route), notes);
        });
        return id;
    }

    /** Registers a request that Jetty refuses. A request that is already registered keeps its id. */
    void enterRefused(Request request, Response response) {
        if (request.getAttribute(ATTRIBUTE) instanceof String id) {
            response.getHeaders().put(HEADER, id);
        } else {
            enter(request, response, new HttpExchange.Notes());
        }
    }
}
