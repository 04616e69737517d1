package dev.sandboxer.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.ConnectTimeout;
import dev.sandboxer.connect.EnvelopeWriter;
import dev.sandboxer.e2b.control.ControlClient;
import dev.sandboxer.e2b.control.EnvdVersion;
import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.IdleTimeoutInput;
import dev.sandboxer.e2b.http.IdleTimer;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.support.redaction.Redaction;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Client of envd in one sandbox: Connect with JSON ({@code spec/envd}), and plain HTTP for file contents. Thread-safe.
 *
 * <p>A refusal by envd is a {@link ConnectException}. When a call gets no answer, or a proxy's, this asks the control
 * plane about the sandbox: one that has ended is {@code GONE}, anything else is {@code TRANSIENT}.
 */
public final class EnvdClient {
    /** How often envd sends a keep-alive on an idle stream, in seconds. */
    private static final String KEEPALIVE = "20";

    /** The default user of all templates whose envd doesn't know the default user. */
    private static final String OLD_DEFAULT_USER = "user";

    private static final int MAX_ERROR_BYTES = 64 << 10;

    private final HttpCalls http;
    private final IdleTimer idleTimer;
    private final EnvdTarget target;
    private final ControlClient control;
    private final Redaction redaction;

    public EnvdClient(HttpCalls http, IdleTimer idleTimer, EnvdTarget target, ControlClient control) {
        this.http = http;
        this.idleTimer = idleTimer;
        this.target = target;
        this.control = control;
        this.redaction = new Redaction(target.token());
    }

    Timeouts timeouts() {
        return http.timeouts();
    }

    /**
     * Calls a method that answers once.
     *
     * @param method such as {@code filesystem.Filesystem/Stat}
     * @param user the user to run as; null = the template's default user
     * @param prototype any message of the response type
     */
    <M extends Message> M unary(String method, @Nullable String user, Message message, M prototype, Duration limit) {
        return answer(call(unary(method, user, message), limit), prototype);
    }

    /** Like {@link #unary}, for a method that only reads: retries once when the connection broke. */
    <M extends Message> M read(String method, @Nullable String user, Message message, M prototype, Duration limit) {
        var request = unary(method, user, message);
        try {
            return answer(http.call(request, limit), prototype);
        } catch (CallFailedException e) {
            if (e.broke()) {
                return answer(call(request, limit), prototype);
            }
            throw connectionLost(e);
        }
    }

    private HttpRequest.Builder unary(String method, @Nullable String user, Message message) {
        return rpc(method, user)
                .header("Content-Type", Codec.JSON.unaryType())
                .POST(BodyPublishers.ofByteArray(Codec.JSON.write(message)));
    }

    private <M extends Message> M answer(Reply reply, M prototype) {
        if (reply.status() != 200) {
            throw refused(reply);
        }
        try {
            return Codec.JSON.read(reply.body(), prototype);
        } catch (ConnectException e) {
            throw new OperationException(
                    Reason.IO,
                    "the sandbox sent a malformed answer: " + redaction.line(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Calls a method that answers with a stream, and returns when the answer begins.
     *
     * @param prototype any message of the response type
     * @param limit sent as the call's timeout, which each method interprets; null = none
     */
    <M extends Message> ConnectStream<M> stream(
            String method, @Nullable String user, Message message, M prototype, @Nullable Duration limit) {
        var request = rpc(method, user)
                .header("Content-Type", Codec.JSON.streamType())
                .header("Keepalive-Ping-Interval", KEEPALIVE)
                .POST(BodyPublishers.ofByteArray(envelope(message)));
        if (limit != null) {
            request.header(ConnectTimeout.HEADER, ConnectTimeout.format(limit));
        }
        var response = open(request);
        if (response.statusCode() != 200) {
            throw refused(readError(response));
        }
        return ConnectStream.of(bodyOf(response), prototype);
    }

    /** Sends a plain HTTP request. The caller checks the status and closes the body. */
    HttpResponse<InputStream> open(HttpRequest.Builder request) {
        try {
            return http.open(request, http.timeouts().response());
        } catch (CallFailedException e) {
            throw connectionLost(e);
        }
    }

    /** Returns the variables that every process gets, without those that E2B sets. */
    public Map<String, String> variables() {
        var reply = call(target.request("/envs").GET(), http.timeouts().response());
        if (reply.status() != 200) {
            var refusal = refused(reply);
            throw refusal instanceof ConnectException
                    ? ExtensionException.notApplied(
                            Kind.UNSUPPORTED, "the sandbox can't list its variables: " + describe(reply))
                    : refusal;
        }
        var variables = new TreeMap<String, String>();
        for (var variable : reply.json().properties()) {
            if (!variable.getKey().startsWith("E2B_")) {
                variables.put(variable.getKey(), variable.getValue().asString(""));
            }
        }
        return variables;
    }

    /** Returns the body, whose reads fail after the idle timeout. */
    InputStream bodyOf(HttpResponse<InputStream> response) {
        return new IdleTimeoutInput(response.body(), idleTimer, http.timeouts().idle());
    }

    /** Sends a plain HTTP request and returns its short answer. */
    Reply call(HttpRequest.Builder request, Duration limit) {
        try {
            return http.call(request, limit);
        } catch (CallFailedException e) {
            throw connectionLost(e);
        }
    }

    /** Begins a plain HTTP request with a long body. */
    HttpCalls.PendingReply begin(HttpRequest.Builder request) {
        return http.begin(request);
    }

    IdleTimer idleTimer() {
        return idleTimer;
    }

    HttpRequest.Builder request(String path) {
        return target.request(path);
    }

    /** Reads the body of an answer that is an error, at most 64 KiB of it. */
    Reply readError(HttpResponse<InputStream> response) {
        try (var body = bodyOf(response)) {
            return new Reply(response.statusCode(), response.headers(), body.readNBytes(MAX_ERROR_BYTES));
        } catch (IOException e) {
            throw connectionLost(e);
        }
    }

    /** Returns the exception for an answer that is not a success, from envd or from a proxy on the way. */
    RuntimeException refused(Reply reply) {
        if (reply.json().path("code").isString()) {
            var error = ConnectError.ofUnary(reply.status(), reply.body());
            return isTransient(error.code()) ? connectionLost(error.toException()) : redacted(error.toException());
        }
        return switch (reply.status()) {
            case 401 ->
                ExtensionException.notApplied(
                        Kind.INTERNAL, "the sandbox rejected its own access token: " + describe(reply));
            case 429 ->
                new ExtensionException(Kind.THROTTLED, Effect.NOT_APPLIED, reply.retryAfter(), describe(reply), null);
            case 404 -> new ConnectException(ConnectCode.UNIMPLEMENTED, describe(reply));
            default -> connectionLost(new IOException(describe(reply)));
        };
    }

    /** Returns the exception for the error that a stream ended with. */
    RuntimeException refused(ConnectException e) {
        return isTransient(e.code()) ? connectionLost(e) : redacted(e);
    }

    private static boolean isTransient(ConnectCode code) {
        return code == ConnectCode.UNAVAILABLE || code == ConnectCode.CANCELED || code == ConnectCode.ABORTED;
    }

    /**
     * Returns the exception for a call that broke or got no answer, after asking the control plane about the sandbox.
     */
    ExtensionException connectionLost(Exception cause) {
        if (cause instanceof CallFailedException failed && failed.interrupted()
                || Thread.currentThread().isInterrupted()) {
            return ExtensionException.unknown(Kind.TRANSIENT, "interrupted", cause);
        }
        var what = redaction.line(String.valueOf(cause.getMessage()));
        try {
            if (control.get(target.sandbox()).paused()) {
                return ExtensionException.unknown(
                        Kind.TRANSIENT, "the sandbox " + target.sandbox() + " is paused; resume it first", cause);
            }
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return new ExtensionException(Kind.GONE, Effect.UNKNOWN, null, String.valueOf(e.getMessage()), cause);
            }
            cause.addSuppressed(e);
        }
        return ExtensionException.unknown(
                Kind.TRANSIENT, "the sandbox " + target.sandbox() + " can't be reached: " + what, cause);
    }

    private ConnectException redacted(ConnectException e) {
        return new ConnectException(e.code(), redaction.line(String.valueOf(e.getMessage())), e);
    }

    private String describe(Reply reply) {
        var message = reply.message();
        return "HTTP " + reply.status() + (message.isBlank() ? "" : ", " + redaction.line(message));
    }

    /** Returns a text as one short line without secrets. */
    String redactedLine(String text) {
        return redaction.line(text);
    }

    private HttpRequest.Builder rpc(String method, @Nullable String user) {
        var request = target.request("/" + method).header("Connect-Protocol-Version", "1");
        var named = user == null && !target.envd().knowsDefaultUser() ? OLD_DEFAULT_USER : user;
        return named == null ? request : request.header("Authorization", basic(named));
    }

    EnvdVersion envd() {
        return target.envd();
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] envelope(Message message) {
        var bytes = new ByteArrayOutputStream();
        try {
            new EnvelopeWriter(bytes).message(Codec.JSON.write(message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
