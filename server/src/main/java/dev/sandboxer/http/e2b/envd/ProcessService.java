package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.Envelope;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.http.AnswerCutException;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.ProcessProto;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ListRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessInput;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.StartRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StartResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers E2B's service {@code process.Process}. */
final class ProcessService {
    private final SandboxLogs logs;
    private final ProcessLists lists;
    private final AnswerSpace space;
    private final InstantSource clock;
    private final LongAdder outOfMemory = new LongAdder();

    ProcessService(SandboxLogs logs, ProcessLists lists, AnswerSpace space, InstantSource clock) {
        this.logs = logs;
        this.lists = lists;
        this.space = space;
        this.clock = clock;
    }

    /** Returns how many processes ended because their sandbox was out of memory. */
    long outOfMemory() {
        return outOfMemory.sum();
    }

    /** The work of a method that only acts on one process. */
    private interface Act {
        void on(Processes processes, ProcessSelector selector);
    }

    /** Receives the events of a process. */
    private interface Events {
        void send(ProcessProto.ProcessEvent event) throws IOException;
    }

    void answer(String method, Rpc rpc) throws IOException {
        switch (method) {
            case "Start" ->
                rpc.streaming(StartRequest.getDefaultInstance(), (request, stream) -> start(rpc, request, stream));
            case "Connect" ->
                rpc.streaming(ConnectRequest.getDefaultInstance(), (request, stream) -> connect(rpc, request, stream));
            case "StreamInput" -> streamInput(rpc);
            case "List" ->
                rpc.list(ListRequest.getDefaultInstance(), "processes", space, (request, answer) -> list(rpc, answer));
            case "SendInput" -> rpc.unary(SendInputRequest.getDefaultInstance(), request -> sendInput(rpc, request));
            case "CloseStdin" ->
                rpc.unary(CloseStdinRequest.getDefaultInstance(), request -> {
                    act(rpc, request.getProcess(), Processes::closeInput);
                    return CloseStdinResponse.getDefaultInstance();
                });
            case "SendSignal" -> rpc.unary(SendSignalRequest.getDefaultInstance(), request -> sendSignal(rpc, request));
            case "Update" -> rpc.unary(UpdateRequest.getDefaultInstance(), request -> update(rpc, request));
            default -> throw new E2bException(404, "process.Process has no method " + method);
        }
    }

    /** Translates a failure into E2B's words, because clients show the text and some match on it. */
    private static ConnectException worded(
            SandboxException e, @Nullable String cwd, @Nullable ProcessSelector selector) {
        var reason = ErrorMapping.reason(e);
        if (reason == Reason.CWD_MISSING && cwd != null) {
            return new ConnectException(ConnectCode.INVALID_ARGUMENT, "cwd '" + cwd + "' does not exist", e);
        }
        if (reason == Reason.PROCESS_NOT_FOUND && selector != null) {
            var name = switch (selector) {
                case ProcessSelector.ByPid(int pid) -> "pid " + Integer.toUnsignedString(pid);
                case ProcessSelector.ByTag(String tag) -> "tag " + tag;
            };
            return new ConnectException(ConnectCode.NOT_FOUND, "process with " + name + " not found", e);
        }
        return new ConnectException(
                ErrorMapping.rpc(e).code(), ErrorMapping.rpc(e).message(), e);
    }

    private void act(Rpc rpc, ProcessProto.ProcessSelector asked, Act act) throws IOException {
        var selector = ProcessMessages.selector(asked);
        try {
            rpc.call().answer(session -> {
                act.on(session.processes(), selector);
                return true;
            });
        } catch (SandboxException e) {
            throw worded(e, null, selector);
        }
    }

    private void list(Rpc rpc, ListAnswer answer) throws IOException {
        rpc.call()
                .answer(session -> lists.with(rpc.sandbox().id(), session.processes(), found -> {
                    found.forEach(process -> answer.add(ProcessMessages.info(process)));
                    return true;
                }));
    }

    private Message sendInput(Rpc rpc, SendInputRequest request) throws IOException {
        act(rpc, request.getProcess(), (processes, selector) -> {
            if (!request.hasInput()) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "input is missing");
            }
            write(rpc, processes, selector, request.getInput());
        });
        return SendInputResponse.getDefaultInstance();
    }

    private void write(Rpc rpc, Processes processes, ProcessSelector selector, ProcessInput input) {
        lists.with(rpc.sandbox().id(), processes, found -> {
            ProcessMessages.requireFor(selector, input, found);
            return true;
        });
        processes.writeInput(selector, ProcessMessages.bytes(input));
    }

    /** Signals the whole process group, so that killing a shell command also kills its children. At E2B the children keep running. */
    private Message sendSignal(Rpc rpc, SendSignalRequest request) throws IOException {
        act(
                rpc,
                request.getProcess(),
                (processes, selector) -> processes.signal(selector, ProcessMessages.signal(request.getSignal()), true));
        return SendSignalResponse.getDefaultInstance();
    }

    private Message update(Rpc rpc, UpdateRequest request) throws IOException {
        act(rpc, request.getProcess(), (processes, selector) -> {
            if (request.hasPty()) {
                processes.resize(selector, ProcessMessages.size(request.getPty()));
            } else if (!lists.with(
                    rpc.sandbox().id(), processes, found -> found.stream().anyMatch(selector::matches))) {
                throw new OperationException(Reason.PROCESS_NOT_FOUND, "no such process");
            }
        });
        return UpdateResponse.getDefaultInstance();
    }

    /**
     * Streams a new process until it ends. Its process group is killed when the caller's timeout is over, but not when the caller leaves.
     */
    private void start(Rpc rpc, StartRequest request, RpcStream stream) throws IOException {
        var spec = spec(rpc, request);
        try {
            start(
                    rpc,
                    spec,
                    event -> stream.send(
                            StartResponse.newBuilder().setEvent(event).build()));
        } catch (SandboxException e) {
            throw worded(e, spec.cwd(), null);
        }
    }

    private void start(Rpc rpc, ProcessSpec spec, Events events) throws IOException {
        rpc.call().stream(session -> {
            try (var process = session.processes().start(spec)) {
                logs.add(rpc.sandbox().id(), "process started", Map.of("pid", "" + process.pid(), "cmd", text(spec)));
                pump(
                        events,
                        process,
                        CallDeadline.unlimited(rpc, clock),
                        exited -> logs.add(
                                rpc.sandbox().id(),
                                "process ended",
                                Map.of("pid", "" + process.pid(), "status", ProcessMessages.status(exited))));
            }
            return true;
        });
    }

    private static String text(ProcessSpec spec) {
        var text = String.join(" ", spec.argv());
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static ProcessSpec spec(Rpc rpc, StartRequest request) {
        if (!request.hasProcess()) {
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "process is required");
        }
        var config = request.getProcess();
        if (config.getCmd().isEmpty()) {
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "process.cmd is required");
        }
        SandboxPaths.check(config.getCwd());
        var argv = new ArrayList<String>(List.of(config.getCmd()));
        argv.addAll(config.getArgsList());
        var env = new HashMap<String, String>();
        env.put("E2B_SANDBOX", "true");
        env.put("E2B_SANDBOX_ID", rpc.sandbox().id().value());
        env.put("E2B_TEMPLATE_ID", Templates.idOf(rpc.sandbox()));
        env.putAll(config.getEnvsMap());
        return ProcessSpec.builder(argv)
                .env(env)
                .cwd(config.getCwd().isEmpty() ? null : config.getCwd())
                .user(rpc.user())
                // older clients don't send this field and rely on an open pipe
                .stdin(!request.hasStdin() || request.getStdin())
                .pty(request.hasPty() ? ProcessMessages.size(request.getPty()) : null)
                .tag(request.getTag().isEmpty() ? null : request.getTag())
                .timeout(rpc.timeout().orElse(null))
                .build();
    }

    /** Streams the events of a running process from now on. The caller's timeout ends the stream, not the process. */
    private void connect(Rpc rpc, ConnectRequest request, RpcStream stream) throws IOException {
        var selector = ProcessMessages.selector(request.getProcess());
        var time = CallDeadline.of(rpc, clock);
        Events events = event ->
                stream.send(ConnectResponse.newBuilder().setEvent(event).build());
        try {
            rpc.call().stream(session -> {
                try (var process = session.processes().attach(selector)) {
                    pump(events, process, time, exited -> {});
                }
                return true;
            });
        } catch (SandboxException e) {
            throw worded(e, null, selector);
        }
    }

    private void pump(Events events, RunningProcess process, CallDeadline time, Consumer<ProcessEvent.Exited> onExit)
            throws IOException {
        events.send(ProcessMessages.started(process.pid()));
        try {
            while (true) {
                switch (process.next(time.nextWait())) {
                    case null -> events.send(ProcessMessages.KEEPALIVE);
                    case ProcessEvent.Output output -> events.send(ProcessMessages.output(output));
                    case ProcessEvent.Exited exited -> {
                        onExit.accept(exited);
                        finish(events, exited);
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AnswerCutException("the server is shutting down", e);
        }
    }

    private void finish(Events events, ProcessEvent.Exited exited) throws IOException {
        if (exited.timedOut()) {
            throw CallDeadline.exceeded();
        }
        if (exited.outOfMemory()) {
            outOfMemory.increment();
        }
        events.send(ProcessMessages.exited(exited));
    }

    /** Writes many inputs in one call. The first message names the process. */
    private void streamInput(Rpc rpc) throws IOException {
        rpc.stream(stream -> {
            rpc.call().transfer(session -> {
                inputs(rpc, stream.codec(), session.processes());
                return true;
            });
            stream.send(StreamInputResponse.getDefaultInstance());
        });
    }

    private void inputs(Rpc rpc, Codec codec, Processes processes) throws IOException {
        var messages = rpc.messages();
        ProcessSelector selector = null;
        for (Envelope next = messages.next(); next != null && !next.end(); next = messages.next()) {
            rpc.exchange().disableIdleTimeout(); // a person who types may pause
            var message = codec.read(next.content(), StreamInputRequest.getDefaultInstance());
            if (message.hasStart()) {
                selector = ProcessMessages.selector(message.getStart().getProcess());
            } else if (message.getData().hasInput()) {
                if (selector == null) {
                    throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the first message must be start");
                }
                write(rpc, processes, selector, message.getData().getInput());
            }
        }
    }
}
