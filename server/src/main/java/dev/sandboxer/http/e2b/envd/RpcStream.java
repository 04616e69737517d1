package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.EnvelopeWriter;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.WireJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The answer to a streaming call. It begins with the first message, so that until then any other answer is possible. */
final class RpcStream {
    private final HttpExchange exchange;
    private @Nullable EnvelopeWriter writer;

    RpcStream(HttpExchange exchange) {
        this.exchange = exchange;
    }

    void send(Object message) throws IOException {
        writer().message(WireJson.bytes(message));
    }

    void end() throws IOException {
        writer().end();
    }

    void fail(ConnectError error) throws IOException {
        writer().endError(error);
    }

    private EnvelopeWriter writer() {
        var open = writer;
        if (open == null) {
            open = new EnvelopeWriter(exchange.stream(200, "application/connect+json"));
            writer = open;
        }
        return open;
    }
}
