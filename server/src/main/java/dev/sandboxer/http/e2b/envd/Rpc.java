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
 * One call of a method of E2B's in-sandbox services, over Connect. The content type says in which codec; what answers with a
 * stream has other types than what answers once.
 *
 * @param call into the sandbox whose method it is
 */
record Rpc(HttpExchange exchange, SandboxCall call) {
    private static final int LONGEST_MESSAGE = HttpExchange.LONGEST_BODY;
    private static final Duration KEEPALIVE = Duration.ofSeconds(90);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    Sandbox sandbox() {
        return call.sandbox();
    }

    /** A method with one answer. */
    interface Unary<T> {
        Message answer(T request) throws IOException;
    }

    /** A method with a stream of answers. */
    interface Streaming<T> {
        void answer(T request, RpcStream stream) throws IOException;
    }

    /** A method with a stream of answers that reads the request itself. */
    interface Answer {
        void to(RpcStream stream) throws IOException;
    }

    /**
     * Answers with one message.
     *
     * @param empty a request without fields, which an empty body is in either codec
     */
    <T extends Message> void unary(T empty, Unary<T> method) throws IOException {
        var codec = Codec.ofUnaryType(type(exchange)).orElseThrow(() -> unsupported(Codec::unaryType));
        try {
            timeout(); // an answer comes at once, but a limit that makes no sense is refused as everywhere
            var body = exchange.body();
            var answer = method.answer(body.length == 0 ? empty : codec.read(body, empty));
            exchange.bytes(200, codec.unaryType(), codec.write(answer));
        } catch (SandboxException e) {
            fail(ErrorMapping.rpc(e));
        } catch (OperationException e) {
            fail(ErrorMapping.rpc(e));
        } catch (ConnectException e) {
            fail(e.error());
        }
    }

    /** Refuses a call before it begins, in the form in which its client reads failures. */
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

    /** In JSON, whatever the codec of the call. */
    private static void fail(HttpExchange exchange, ConnectError error) throws IOException {
        exchange.bytes(error.code().httpStatus(), Codec.JSON.unaryType(), error.toUnaryBody());
    }

    /** Answers a streaming call, whose request is the first message of a stream. */
    <T extends Message> void streaming(T empty, Streaming<T> method) throws IOException {
        stream(stream -> {
            var message = new EnvelopeReader(exchange.timedInput(), LONGEST_MESSAGE).next();
            if (message == null || message.end()) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the request has no message");
            }
            exchange.expectSilence(); // not before: a request that doesn't arrive is timed out
            method.answer(stream.codec().read(message.content(), empty), stream);
        });
    }

    /** Answers with a stream. A failure becomes its last message; the status is 200 all the same. */
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

    /** The request as a stream of messages. */
    EnvelopeReader messages() {
        return new EnvelopeReader(exchange.input(), LONGEST_MESSAGE);
    }

    private static E2bException unsupported(Function<Codec, String> type) {
        return new E2bException(415, "this method takes " + type.apply(Codec.JSON) + " or " + type.apply(Codec.BINARY));
    }

    private static String type(HttpExchange exchange) {
        var type = exchange.header("Content-Type");
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** How long the caller waits; empty = for ever. */
    Optional<Duration> timeout() {
        return ConnectTimeout.parse(exchange.header(ConnectTimeout.HEADER));
    }

    /** How long the stream may be silent before the caller wants a sign of life. */
    Duration keepalive() {
        var text = exchange.header("Keepalive-Ping-Interval");
        if (text == null || !SECONDS.matcher(text).matches() || Integer.parseInt(text) == 0) {
            return KEEPALIVE;
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    /**
     * The user that the caller named, as the name of Basic authentication; null = the template's.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when it is no such header
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
