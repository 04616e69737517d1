package dev.sandboxer.fakecloud;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes requests on to the server, and injects the planned faults. */
public final class FaultHandler extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(FaultHandler.class);
    private static final Pattern SANDBOX_PATH = Pattern.compile("/(?:v2/)?sandboxes/([a-z0-9]+)(?:/.*)?");
    private static final Pattern SANDBOX_HOST = Pattern.compile("[0-9]+-([a-z0-9]+)\\..*");

    /** The longest request body that is read before a planned answer, in bytes. */
    private static final int MAX_DRAINED_BYTES = 1 << 20;

    private final FaultSchedule schedule;
    private final Consumer<String> destroyer;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param destroyer destroys the sandbox with an id, if it exists */
    public FaultHandler(Handler server, FaultPlan plan, Consumer<String> destroyer) {
        super(server);
        this.schedule = new FaultSchedule(plan);
        this.destroyer = destroyer;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var call = call(request);
        var fault = schedule.next(call).orElse(null);
        if (fault == null) {
            return super.handle(request, response, callback);
        }
        LOG.atInfo()
                .addKeyValue("method", call.method())
                .addKeyValue("path", call.path())
                .addKeyValue("fault", fault)
                .log("injecting a planned fault");
        return switch (fault) {
            case Fault.Answer answer -> answer(request, response, callback, answer);
            case Fault.Hang(var time) -> {
                await(time);
                yield cut(request, callback);
            }
            case Fault.CutAnswer(var bytes) ->
                super.handle(request, new CutResponse(request, response, bytes), callback);
            case Fault.CutRequest(var bytes) -> {
                var cutRequest = new CutRequest(request, bytes);
                var done = Callback.from(
                        callback::succeeded,
                        failure -> callback.failed(
                                cutRequest.isCut() ? new Request.Handler.AbortException(failure) : failure));
                yield super.handle(cutRequest, response, done);
            }
            case Fault.LoseAnswer() -> {
                var done = Callback.from(() -> cut(request, callback));
                yield super.handle(request, new UnsentResponse(request, response), done);
            }
            case Fault.ApplyThen(var answer) -> {
                var done = Callback.from(() -> answer(request, response, callback, answer));
                yield super.handle(request, new UnsentResponse(request, response), done);
            }
            case Fault.Expire() -> {
                expire(call);
                yield super.handle(request, response, callback);
            }
            case Fault.Slow(var pause) ->
                super.handle(request, new SlowResponse(request, response, () -> await(pause)), callback);
            case Fault.Empty _, Fault.FailBuild _ -> throw new IllegalStateException(fault + " is only for gRPC");
        };
    }

    private static Call call(Request request) {
        var path = Request.getPathInContext(request);
        return new Call(
                request.getMethod(),
                path,
                Objects.requireNonNullElse(request.getHttpURI().getQuery(), ""),
                sandbox(request, path));
    }

    private static @Nullable String sandbox(Request request, String path) {
        var header = request.getHeaders().get("E2b-Sandbox-Id");
        if (header != null) {
            return header;
        }
        var named = SANDBOX_PATH.matcher(path);
        if (named.matches()) {
            return named.group(1);
        }
        var host = SANDBOX_HOST.matcher(String.valueOf(Request.getServerName(request)));
        return host.matches() ? host.group(1) : null;
    }

    private void expire(Call call) {
        if (call.sandbox() == null) {
            LOG.warn("the plan expires a sandbox, but the request names none");
        } else {
            destroyer.accept(call.sandbox());
        }
    }

    private static boolean answer(Request request, Response response, Callback callback, Fault.Answer answer) {
        try {
            if (request.getLength() > 0 && request.getLength() <= MAX_DRAINED_BYTES) {
                Content.Source.consumeAll(request); // unread content would close the client's connection
            }
        } catch (IOException e) {
            callback.failed(e);
            return true;
        }
        response.setStatus(answer.status());
        answer.headers().forEach(response.getHeaders()::put);
        response.write(true, ByteBuffer.wrap(answer.body().getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }

    /** Cuts the connection without an answer. Bytes written before still arrive. */
    private static boolean cut(Request request, Callback callback) {
        callback.failed(new Request.Handler.AbortException(cut(request)));
        return true;
    }

    static IOException cut(Request request) {
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        return new EOFException("cut by the plan");
    }

    /** Waits for that time, or until the server stops; null = until the server stops. */
    private void await(@Nullable Duration time) {
        try {
            if (time == null) {
                stopped.await();
            } else {
                var _ = stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void doStop() throws Exception {
        stopped.countDown();
        super.doStop();
    }
}
