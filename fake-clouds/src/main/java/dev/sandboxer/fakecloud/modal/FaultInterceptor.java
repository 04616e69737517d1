package dev.sandboxer.fakecloud.modal;

import com.google.protobuf.Message;
import dev.sandboxer.fakecloud.Call;
import dev.sandboxer.fakecloud.Fault;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultSchedule;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes calls on to the server, and injects the planned faults. */
final class FaultInterceptor implements ServerInterceptor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FaultInterceptor.class);

    /** An id of a sandbox or a task of either generation; our own sandbox id is a part of it. */
    private static final Pattern ID = Pattern.compile("(?:sb|ta)-(s[a-z0-9]{19}).*");

    private final FaultSchedule schedule;
    private final FailedBuilds builds;
    private final Consumer<String> destroyer;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param destroyer destroys the sandbox with an id, if it exists */
    FaultInterceptor(FaultPlan plan, FailedBuilds builds, Consumer<String> destroyer) {
        this.schedule = new FaultSchedule(plan);
        this.builds = builds;
        this.destroyer = destroyer;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var path = "/" + call.getMethodDescriptor().getFullMethodName();
        var fault = schedule.next(new Call("POST", path, "", null)).orElse(null);
        if (fault == null) {
            return next.startCall(call, headers);
        }
        LOG.atInfo().addKeyValue("path", path).addKeyValue("fault", fault).log("injecting a planned fault");
        return switch (fault) {
            case Fault.Answer answer -> ReplacedCall.start(call, Refusal.of(answer)::close);
            case Fault.Empty() -> ReplacedCall.start(call, one -> ReplacedCall.succeed(one, new byte[0]));
            case Fault.FailBuild(var log) -> ReplacedCall.start(call, one -> builds.begin(one, log));
            case Fault.Hang(var time) -> ReplacedCall.start(call, one -> hang(one, time));
            case Fault.CutAnswer(var bytes) -> cut(call, headers, next, bytes, Long.MAX_VALUE);
            case Fault.CutRequest(var bytes) -> cut(call, headers, next, Long.MAX_VALUE, bytes);
            case Fault.LoseAnswer() -> next.startCall(new UnsentCall<>(call, Refusal.cut()), headers);
            case Fault.ApplyThen(var answer) -> next.startCall(new UnsentCall<>(call, Refusal.of(answer)), headers);
            case Fault.Slow(var pause) -> next.startCall(new SlowCall<>(call, () -> await(pause)), headers);
            case Fault.Expire() -> expiring(next.startCall(call, headers));
        };
    }

    private static <Q, A> ServerCall.Listener<Q> cut(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next, long ofAnswer, long ofRequest) {
        var cut = new CutCall<>(call, ofAnswer);
        return cut.listener(next.startCall(cut, headers), ofRequest);
    }

    private <Q> ServerCall.Listener<Q> expiring(ServerCall.Listener<Q> server) {
        return new SimpleForwardingServerCallListener<>(server) {
            @Override
            public void onMessage(Q message) {
                sandbox((Message) message)
                        .ifPresentOrElse(
                                destroyer, () -> LOG.warn("the plan expires a sandbox, but the call names none"));
                super.onMessage(message);
            }
        };
    }

    /** Returns our id of the sandbox that a request names, by its sandbox id or its task id. */
    private static Optional<String> sandbox(Message request) {
        return Stream.of("sandbox_id", "task_id")
                .flatMap(
                        name -> Stream.ofNullable(request.getDescriptorForType().findFieldByName(name)))
                .map(field -> ID.matcher(request.getField(field).toString()))
                .flatMap(matcher -> matcher.matches() ? Stream.of(matcher.group(1)) : Stream.empty())
                .findFirst();
    }

    private void hang(ServerCall<?, ?> call, @Nullable Duration time) {
        if (time != null) {
            await(time);
            Refusal.cut().close(call);
        }
    }

    /** Waits for that time, or until the server stops. */
    private void await(Duration time) {
        try {
            var _ = stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Releases all waiting calls. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
