package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.ConnectTimeout;
import dev.sandboxer.connect.EnvelopeReader;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.SandboxCall;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method of E2B's in-sandbox services, over Connect. The content type chooses the codec; streaming methods have other
 * content types than unary ones.
 *
 * @param call the call into the sandbox
 */
record Rpc(HttpExchange exchange, SandboxCall call) {
    private static final int MAX_MESSAGE_BYTES = HttpExchange.MAX_BODY_BYTES;
    private static final Duration KEEPALIVE = Duration.ofSeconds(90);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    Sandbox sandbox() {
        return call.sandbox();
    }

    /** A method that answers with one message. */
    interface Unary<T> {
        Message answer(T request) throws IOException;
    }

    /** A method that answers with one message that is a list, perhaps a long one. */
    interface Listing<T> {
        void answer(T request, ListAnswer answer) throws IOException;
    }

    /** A method that answers with a stream of messages. */
    interface Streaming<T> {
        void answer(T request, RpcStream stream) throws IOException;
    }

    /** A method that answers with a stream of messages and reads the request itself. */
    interface Answer {
        void to(RpcStream stream) throws IOException;
    }

    /**
     * Answers with one message.
     *
     * @param empty a request without fields, used if the body is empty
     */
    <T extends Message> void unary(T empty, Unary<T> method) throws IOException {
        once(empty, (codec, request) -> exchange.bytes(200, codec.unaryType(), codec.write(method.answer(request))));
    }

    /**
     * Answers with one message, whose only field is a list.
     *
     * @param empty a request without fields, used if the body is empty
     * @param field the name of the answer's field
     * @param space limits the bytes of the answer
     */
    <T extends Message> void list(T empty, String field, AnswerSpace space, Listing<T> method) throws IOException {
        once(empty, (codec, request) -> {
            try (var held = space.open(sandbox().id())) {
                var answer = new ListAnswer(codec, field, held);
                method.answer(request, answer);
                answer.end();
                held.send(exchange, codec.unaryType());
            }
        });
    }

    private interface Once<T> {
        void answer(Codec codec, T request) throws IOException;
    }

    private <T extends Message> void once(T empty, Once<T> method) throws IOException {
        var codec = Codec.ofUnaryType(type(exchange)).orElseThrow(() -> unsupported(Codec::unaryType));
        try {
            timeout(); // not used, but a malformed timeout is refused as in streaming calls
            var body = exchange.body();
            method.answer(codec, body.length == 0 ? empty : codec.read(body, empty));
        } catch (SandboxException e) {
            fail(ErrorMapping.rpc(e));
        } catch (OperationException e) {
            fail(ErrorMapping.rpc(e));
        } catch (ConnectException e) {
            fail(e.error());
        }
    }

    /** Answers a call with a failure before it begins, in the form that its content type requires. */
    static void refuse(HttpExchange exchange, ConnectError error) throws IOException {
        var codec = Codec.ofStreamType(type(exchange));
        if (codec.isPresent()) {
            new RpcStream(exchange, codec.get()).fail(error);
        } else {
            fail(exchange, error);
        }
    }

    private void fail(ConnectError error) throws IOException {
        fail(exchange, error);
    }

    /** Answers with a failure. It is JSON in both codecs. */
    private static void fail(HttpExchange exchange, ConnectError error) throws IOException {
        exchange.bytes(error.code().httpStatus(), Codec.JSON.unaryType(), error.toUnaryBody());
    }

    /** Answers with a stream of messages. The request is the first message of the body. */
    <T extends Message> void streaming(T empty, Streaming<T> method) throws IOException {
        stream(stream -> {
            var message = new EnvelopeReader(exchange.timedInput(), MAX_MESSAGE_BYTES).next();
            if (message == null || message.end()) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the request has no message");
            }
            exchange.disableIdleTimeout(); // only now, since a request has to arrive in time
            method.answer(stream.codec().read(message.content(), empty), stream);
        });
    }

    /** Answers with a stream. A failure becomes the last message of the stream; the HTTP status is 200 even then. */
    void stream(Answer answer) throws IOException {
        var codec = Codec.ofStreamType(type(exchange)).orElseThrow(() -> unsupported(Codec::streamType));
        var stream = new RpcStream(exchange, codec);
        try {
            answer.to(stream);
            stream.end();
        } catch (SandboxException e) {
            stream.fail(ErrorMapping.rpc(e));
        } catch (OperationException e) {
            stream.fail(ErrorMapping.rpc(e));
        } catch (ConnectException e) {
            stream.fail(e.error());
        }
    }

    /** Returns a reader of the request's messages. */
    EnvelopeReader messages() {
        return new EnvelopeReader(exchange.input(), MAX_MESSAGE_BYTES);
    }

    private static E2bException unsupported(Function<Codec, String> type) {
        return new E2bException(415, "this method takes " + type.apply(Codec.JSON) + " or " + type.apply(Codec.BINARY));
    }

    private static String type(HttpExchange exchange) {
        var type = exchange.header("Content-Type");
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns how long the caller waits; empty = for ever.
     *
     * @throws ConnectException {@code INVALID_ARGUMENT} if the header is malformed
     */
    Optional<Duration> timeout() {
        return ConnectTimeout.parse(exchange.header(ConnectTimeout.HEADER));
    }

    /** Returns how long the stream may be silent before a keepalive is due. */
    Duration keepalive() {
        var text = exchange.header("Keepalive-Ping-Interval");
        if (text == null || !SECONDS.matcher(text).matches() || Integer.parseInt(text) == 0) {
            return KEEPALIVE;
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    /**
     * Returns the user that the caller named, as the user name of Basic authentication; null = the template's.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the header is malformed
     */
    @Nullable String user() {
        var header = exchange.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
            return null;
        }
        try {
            var decoded = Base64.getDecoder()
                    .decode(header.substring("Basic ".length()).strip());
            var text = new String(decoded, StandardCharsets.UTF_8);
            var name = text.substring(0, text.indexOf(':') < 0 ? text.length() : text.indexOf(':'));
            return name.isEmpty() ? null : name;
        } catch (IllegalArgumentException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the Authorization header is malformed", e);
        }
    }
}
