package dev.sandboxer.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers requests that Jetty itself refuses, such as malformed ones, with the same JSON as all other errors. */
final class JsonErrors extends ErrorHandler {
    private final RequestLog requestLog;

    JsonErrors(RequestLog requestLog) {
        this.requestLog = requestLog;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        requestLog.enterRefused(request, response);
        var status = response.getStatus();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        var body = WireJson.bytes(new Body(status, message(status)));
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private record Body(int code, String message) {}

    private static String message(int status) {
        return switch (status) {
            case 408 -> "the request took too long to arrive";
            case 414, 431 -> "the head of the request is too long";
            case 503 -> "the server is shutting down";
            default -> status < 500 ? "the request is malformed" : "internal error";
        };
    }
}
