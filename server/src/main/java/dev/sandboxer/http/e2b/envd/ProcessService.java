package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.Envelope;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessSelector;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.Processes;
import dev.sandboxer.extension.RunningProcess;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.InterruptibleCalls;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.envd.ProcessMessages.Message;
import dev.sandboxer.http.e2b.envd.ProcessMessages.Selector;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** E2B's {@code process.Process}. */
final class ProcessService {
    private final InterruptibleCalls calls;
    private final SandboxLogs logs;
    private final InstantSource clock;

    ProcessService(InterruptibleCalls calls, SandboxLogs logs, InstantSource clock) {
        this.calls = calls;
        this.logs = logs;
        this.clock = clock;
    }

    /** What a method needs when it only acts on one process. */
    private interface Act {
        void on(Processes processes, ProcessSelector selector);
    }

    void answer(String method, Rpc rpc) throws IOException {
        switch (method) {
            case "Start" ->
                rpc.streaming(ProcessMessages.Start.class, (request, stream) -> start(rpc, request, stream));
            case "Connect" ->
                rpc.streaming(ProcessMessages.Connect.class, (request, stream) -> connect(rpc, request, stream));
            case "StreamInput" -> streamInput(rpc);
            case "List" -> rpc.unary(Map.class, request -> list(rpc));
            case "SendInput" ->
                rpc.unary(
                        ProcessMessages.SendInput.class,
                        asked -> act(rpc, asked.process(), (processes, process) -> input(processes, process, asked)));
            case "CloseStdin" ->
                rpc.unary(ProcessMessages.Connect.class, asked -> act(rpc, asked.process(), Processes::closeInput));
            case "SendSignal" ->
                rpc.unary(
                        ProcessMessages.SendSignal.class,
                        asked -> act(rpc, asked.process(), (processes, process) -> signal(processes, process, asked)));
            case "Update" ->
                rpc.unary(
                        ProcessMessages.Update.class,
                        asked -> act(rpc, asked.process(), (processes, process) -> resize(processes, process, asked)));
            default -> throw new E2bException(404, "process.Process has no method " + method);
        }
    }

    /** In E2B's words, which clients show and some match. */
    private static ConnectException worded(SandboxException e, @Nullable String cwd, @Nullable Selector selector) {
        var reason = ErrorMapping.reason(e);
        if (reason == Reason.CWD_MISSING && cwd != null) {
            return new ConnectException(ConnectCode.INVALID_ARGUMENT, "cwd '" + cwd + "' does not exist", e);
        }
        if (reason == Reason.PROCESS_NOT_FOUND && selector != null) {
            var name = selector.pid() != null ? "pid " + selector.pid() : "tag " + selector.tag();
            return new ConnectException(ConnectCode.NOT_FOUND, "process with " + name + " not found", e);
        }
        return new ConnectException(
                ErrorMapping.rpc(e).code(), ErrorMapping.rpc(e).message(), e);
    }

    private Object act(Rpc rpc, @Nullable Selector selector, Act act) throws IOException {
        var required = Selector.required(selector);
        try {
            return calls.work(rpc.exchange(), rpc.sandbox(), session -> {
                act.on(session.processes(), required);
                return Map.of();
            });
        } catch (SandboxException e) {
            throw worded(e, null, selector);
        }
    }

    private ProcessMessages.Processes list(Rpc rpc) throws IOException {
        return calls.work(
                rpc.exchange(),
                rpc.sandbox(),
                session -> new ProcessMessages.Processes(session.processes().list().stream()
                        .map(ProcessMessages.Process::of)
                        .toList()));
    }

    private static void input(Processes processes, ProcessSelector selector, ProcessMessages.SendInput request) {
        if (request.input() == null) {
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "input is missing");
        }
        request.input().requireFor(selector, processes.list());
        processes.writeInput(selector, request.input().bytes());
    }

    private static void signal(Processes processes, ProcessSelector selector, ProcessMessages.SendSignal request) {
        processes.signal(selector, request.toSignal(), false);
    }

    private static void resize(Processes processes, ProcessSelector selector, ProcessMessages.Update request) {
        if (request.pty() != null) {
            processes.resize(selector, request.pty().toSize());
        } else if (processes.list().stream().noneMatch(selector::names)) {
            throw new OperationException(Reason.PROCESS_NOT_FOUND, "no such process");
        }
    }

    /** Ends with the process, or kills it when the caller's time is up; when the caller goes, the process goes on. */
    private void start(Rpc rpc, ProcessMessages.Start request, RpcStream stream) throws IOException {
        var spec = spec(rpc, request);
        try {
            start(rpc, spec, stream);
        } catch (SandboxException e) {
            throw worded(e, spec.cwd(), null);
        }
    }

    private void start(Rpc rpc, ProcessSpec spec, RpcStream stream) throws IOException {
        calls.stream(rpc.exchange(), rpc.sandbox(), session -> {
            try (var process = session.processes().start(spec)) {
                logs.add(rpc.sandbox().id(), "process started", Map.of("pid", "" + process.pid(), "cmd", text(spec)));
                pump(
                        stream,
                        process,
                        CallDeadline.unlimited(rpc, clock),
                        exited -> logs.add(
                                rpc.sandbox().id(),
                                "process ended",
                                Map.of(
                                        "pid",
                                        "" + process.pid(),
                                        "status",
                                        ProcessMessages.End.of(exited).status())));
            }
            return true;
        });
    }

    private static String text(ProcessSpec spec) {
        var text = String.join(" ", spec.argv());
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static ProcessSpec spec(Rpc rpc, ProcessMessages.Start request) {
        var config = request.process();
        if (config == null) {
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "process is required");
        }
        config.check();
        SandboxPaths.check(config.cwd());
        var argv = new ArrayList<String>(List.of(Objects.requireNonNull(config.cmd())));
        argv.addAll(Objects.requireNonNullElse(config.args(), List.of()));
        var env = new HashMap<String, String>();
        env.put("E2B_SANDBOX", "true");
        env.put("E2B_SANDBOX_ID", rpc.sandbox().id().value());
        env.put("E2B_TEMPLATE_ID", Templates.idOf(rpc.sandbox()));
        env.putAll(Objects.requireNonNullElse(config.envs(), Map.of()));
        return ProcessSpec.builder(argv)
                .env(env)
                .cwd(config.cwd() == null || config.cwd().isEmpty() ? null : config.cwd())
                .user(rpc.user())
                // clients before the field was there rely on an open pipe
                .stdin(!Boolean.FALSE.equals(request.stdin()))
                .pty(request.pty() == null ? null : request.pty().toSize())
                .tag(request.tag() == null || request.tag().isEmpty() ? null : request.tag())
                .timeout(rpc.timeout().orElse(null))
                .timeoutSparesGroup(true)
                .build();
    }

    /** Only what happens from now on; the caller's time limits the stream, not the process. */
    private void connect(Rpc rpc, ProcessMessages.Connect request, RpcStream stream) throws IOException {
        var selector = Selector.required(request.process());
        var time = CallDeadline.of(rpc, clock);
        try {
            calls.stream(rpc.exchange(), rpc.sandbox(), session -> {
                try (var process = session.processes().attach(selector)) {
                    pump(stream, process, time, exited -> {});
                }
                return true;
            });
        } catch (SandboxException e) {
            throw worded(e, null, request.process());
        }
    }

    private static void pump(
            RpcStream stream, RunningProcess process, CallDeadline time, Consumer<ProcessEvent.Exited> onExit)
            throws IOException {
        stream.send(Message.started(process.pid()));
        try {
            while (true) {
                switch (process.next(time.nextWait())) {
                    case null -> stream.send(Message.keepalive());
                    case ProcessEvent.Output output -> stream.send(Message.output(output));
                    case ProcessEvent.Exited exited -> {
                        onExit.accept(exited);
                        finish(stream, exited);
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CutOff("the server is going down", e);
        }
    }

    private static void finish(RpcStream stream, ProcessEvent.Exited exited) throws IOException {
        if (exited.timedOut()) {
            throw CallDeadline.exceeded();
        }
        stream.send(Message.exited(exited));
    }

    /** Many inputs in one call; the first message says to which process. */
    private void streamInput(Rpc rpc) throws IOException {
        rpc.stream(stream -> {
            calls.transfer(rpc.exchange(), rpc.sandbox(), session -> {
                inputs(rpc, session.processes());
                return true;
            });
            stream.send(Map.of());
        });
    }

    private static void inputs(Rpc rpc, Processes processes) throws IOException {
        var messages = rpc.messages();
        ProcessSelector selector = null;
        for (Envelope next = messages.next(); next != null && !next.end(); next = messages.next()) {
            rpc.exchange().expectSilence(); // who types may think
            var message = WireJson.read(next.content(), ProcessMessages.StreamInput.class);
            if (message.start() != null) {
                selector = Selector.required(message.start().process());
            } else if (message.data() != null && message.data().input() != null) {
                if (selector == null) {
                    throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the first message has to be start");
                }
                var input = message.data().input();
                input.requireFor(selector, processes.list());
                processes.writeInput(selector, input.bytes());
            }
        }
    }
}
