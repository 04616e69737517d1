package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.EnvelopeWriter;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The answer to a streaming call. Nothing is sent before the first message, so until then any other answer is possible. */
final class RpcStream {
    private final HttpExchange exchange;
    private final Codec codec;
    private @Nullable EnvelopeWriter writer;

    RpcStream(HttpExchange exchange, Codec codec) {
        this.exchange = exchange;
        this.codec = codec;
    }

    /** Returns the codec of the request and the answer. */
    Codec codec() {
        return codec;
    }

    void send(Message message) throws IOException {
        writer().message(codec.write(message));
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
            open = new EnvelopeWriter(exchange.stream(200, codec.streamType()));
            writer = open;
        }
        return open;
    }
}
