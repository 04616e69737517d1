package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.ConnectTimeout;
import dev.sandboxer.connect.EnvelopeReader;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method of E2B's in-sandbox services, over Connect with JSON.
 *
 * @param sandbox whose method it is
 */
record Rpc(HttpExchange exchange, Sandbox sandbox) {
    private static final String STREAM = "application/connect+json";
    private static final String UNARY = "application/json";
    private static final int LONGEST_MESSAGE = HttpExchange.LONGEST_BODY;
    private static final Duration KEEPALIVE = Duration.ofSeconds(90);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    /** A method that answers once. */
    interface Unary<T> {
        Object answer(T request) throws IOException;
    }

    /** A method that answers with a stream. */
    interface Streaming<T> {
        void answer(T request, RpcStream stream) throws IOException;
    }

    /** What answers with a stream and reads the request by itself. */
    interface Answer {
        void to(RpcStream stream) throws IOException;
    }

    <T> void unary(Class<T> type, Unary<T> method) throws IOException {
        requireType(UNARY);
        try {
            timeout(); // an answer comes at once, but a limit that makes no sense is refused as everywhere
            exchange.json(200, method.answer(exchange.message(type)));
        } catch (SandboxException e) {
            fail(ErrorMapping.rpc(e));
        } catch (OperationException e) {
            fail(ErrorMapping.rpc(e));
        } catch (ConnectException e) {
            fail(e.error());
        }
    }

    /** Answers a call that can't even begin, in the form in which its client reads failures. */
    static void refuse(HttpExchange exchange, ConnectError error) throws IOException {
        if (type(exchange).equals(STREAM)) {
            new RpcStream(exchange).fail(error);
        } else {
            fail(exchange, error);
        }
    }

    private void fail(ConnectError error) throws IOException {
        fail(exchange, error);
    }

    private static void fail(HttpExchange exchange, ConnectError error) throws IOException {
        exchange.bytes(error.code().httpStatus(), UNARY, error.toUnaryBody());
    }

    /** The request is the first message of a stream. */
    <T> void streaming(Class<T> type, Streaming<T> method) throws IOException {
        stream(stream -> {
            var message = new EnvelopeReader(exchange.timedInput(), LONGEST_MESSAGE).next();
            if (message == null || message.end()) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the request has no message");
            }
            exchange.expectSilence(); // not before: a request that doesn't arrive is timed out
            method.answer(WireJson.read(message.content(), type), stream);
        });
    }

    /** A failure is the stream's last message, and the status always 200. */
    void stream(Answer answer) throws IOException {
        requireType(STREAM);
        var stream = new RpcStream(exchange);
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

    private void requireType(String wanted) {
        if (!type(exchange).equals(wanted)) {
            throw new E2bException(415, "this method takes " + wanted);
        }
    }

    private static String type(HttpExchange exchange) {
        var type = exchange.header("Content-Type");
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** How long the caller waits; empty = for ever. */
    Optional<Duration> timeout() {
        return ConnectTimeout.parse(exchange.header(ConnectTimeout.HEADER));
    }

    /** After how much silence the caller wants a sign of life. */
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
