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
import dev.sandboxer.extension.support.Redaction;
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
 * Calls to one sandbox's daemon: Connect with JSON ({@code spec/envd}), and plain HTTP for the content of files. Thread-safe.
 *
 * <p>A refusal by the daemon is a {@link ConnectException}. When there is no answer, or a proxy gives it, the control plane is
 * asked what has become of the sandbox: ended is {@code GONE}, everything else may pass.
 */
public final class EnvdClient {
    /** How often envd sends a keep-alive to an idle stream, in seconds. */
    private static final String KEEPALIVE = "20";

    /** Of all templates as long as envd did not know it. */
    private static final String OLD_DEFAULT_USER = "user";

    private static final int LONGEST_ERROR = 64 << 10;

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
     * @param user as whom; null = the template's default user
     * @param prototype any message of the type that it answers
     */
    <M extends Message> M unary(String method, @Nullable String user, Message message, M prototype, Duration limit) {
        return answer(call(unary(method, user, message), limit), prototype);
    }

    /** Calls a method that only reads, as {@link #unary}; retries once when the connection broke. */
    <M extends Message> M read(String method, @Nullable String user, Message message, M prototype, Duration limit) {
        var request = unary(method, user, message);
        try {
            return answer(http.call(request, limit), prototype);
        } catch (CallFailedException e) {
            if (e.broke()) {
                return answer(call(request, limit), prototype);
            }
            throw lost(e);
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
                    "the sandbox's answer makes no sense: " + redaction.line(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Calls a method that answers with a stream; returns when the answer begins.
     *
     * @param prototype any message of the type that it answers
     * @param limit what the other side makes of it is the method's matter; null = none
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
            throw refused(whole(response));
        }
        return ConnectStream.of(watched(response), prototype);
    }

    /** Plain HTTP; the caller looks at the status, and closes the body. */
    HttpResponse<InputStream> open(HttpRequest.Builder request) {
        try {
            return http.open(request, http.timeouts().response());
        } catch (CallFailedException e) {
            throw lost(e);
        }
    }

    /** The variables that every process gets, without E2B's own. */
    public Map<String, String> variables() {
        var reply = call(target.request("/envs").GET(), http.timeouts().response());
        if (reply.status() != 200) {
            var refusal = refused(reply);
            throw refusal instanceof ConnectException
                    ? ExtensionException.notApplied(
                            Kind.UNSUPPORTED, "the sandbox does not tell its variables: " + said(reply))
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

    /** The body, whose reads fail after the idle timeout. */
    InputStream watched(HttpResponse<InputStream> response) {
        return new IdleTimeoutInput(response.body(), idleTimer, http.timeouts().idle());
    }

    /** Plain HTTP with a short answer. */
    Reply call(HttpRequest.Builder request, Duration limit) {
        try {
            return http.call(request, limit);
        } catch (CallFailedException e) {
            throw lost(e);
        }
    }

    /** Plain HTTP with a long request. */
    HttpCalls.PendingReply begin(HttpRequest.Builder request) {
        return http.begin(request);
    }

    IdleTimer idleTimer() {
        return idleTimer;
    }

    HttpRequest.Builder request(String path) {
        return target.request(path);
    }

    Reply whole(HttpResponse<InputStream> response) {
        try (var body = watched(response)) {
            return new Reply(response.statusCode(), response.headers(), body.readNBytes(LONGEST_ERROR));
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** What an answer that isn't good means: the daemon's own word, or that of a proxy on the way. */
    RuntimeException refused(Reply reply) {
        if (reply.json().path("code").isString()) {
            var error = ConnectError.ofUnary(reply.status(), reply.body());
            return isTransient(error.code()) ? lost(error.toException()) : clean(error.toException());
        }
        return switch (reply.status()) {
            case 401 ->
                ExtensionException.notApplied(
                        Kind.INTERNAL, "the sandbox does not take its own access token: " + said(reply));
            case 429 ->
                new ExtensionException(Kind.THROTTLED, Effect.NOT_APPLIED, reply.retryAfter(), said(reply), null);
            case 404 -> new ConnectException(ConnectCode.UNIMPLEMENTED, said(reply));
            default -> lost(new IOException(said(reply)));
        };
    }

    /** What a stream ended with means. */
    RuntimeException refused(ConnectException e) {
        return isTransient(e.code()) ? lost(e) : clean(e);
    }

    private static boolean isTransient(ConnectCode code) {
        return code == ConnectCode.UNAVAILABLE || code == ConnectCode.CANCELED || code == ConnectCode.ABORTED;
    }

    /** It can't be reached, or the call broke off: asks the control plane why. */
    ExtensionException lost(Exception cause) {
        if (cause instanceof CallFailedException failed && failed.interrupted()
                || Thread.currentThread().isInterrupted()) {
            return ExtensionException.unknown(Kind.TRANSIENT, "interrupted", cause);
        }
        var what = redaction.line(String.valueOf(cause.getMessage()));
        try {
            if (control.get(target.sandbox()).paused()) {
                return ExtensionException.unknown(
                        Kind.TRANSIENT, "the sandbox " + target.sandbox() + " is paused", cause);
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

    private ConnectException clean(ConnectException e) {
        return new ConnectException(e.code(), redaction.line(String.valueOf(e.getMessage())), e);
    }

    private String said(Reply reply) {
        var message = reply.message();
        return "HTTP " + reply.status() + (message.isBlank() ? "" : ", " + redaction.line(message));
    }

    String line(String text) {
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
