package dev.sandboxer.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.support.ExecSignals;
import dev.sandboxer.protocol.e2b.ProcessProto;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ListRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ListResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.StartResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Processes of a sandbox: {@code process.Process} of e2b-dev/E2B, {@code spec/envd/process/process.proto}. Thread-safe.
 */
final class E2bProcesses implements Processes {
    private static final String SERVICE = "process.Process/";
    private static final int MAX_INPUT_BYTES = 128 << 10;

    private final EnvdClient client;
    private final UserTable users;
    private final ExecSignals signals;

    E2bProcesses(EnvdClient client, UserTable users) {
        this.client = client;
        this.users = users;
        this.signals = new ExecSignals(E2bExec.ofRoot(this));
    }

    @Override
    public RunningProcess start(ProcessSpec spec) {
        check(spec);
        return start(spec, spec.user() == null ? null : users.name(spec.user()));
    }

    /** Starts a process as a user given by name; null = the template's default user. */
    E2bProcess start(ProcessSpec spec, @Nullable String user) {
        try {
            var request = ProcessMessages.start(spec);
            var answers =
                    client.stream(SERVICE + "Start", user, request, StartResponse.getDefaultInstance(), spec.timeout());
            return begun(answers.map(StartResponse::getEvent), spec.timeout());
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofStart(e, spec.argv().getFirst());
        }
    }

    private static void check(ProcessSpec spec) {
        var cwd = spec.cwd();
        if (spec.argv().stream().anyMatch(E2bProcesses::hasNul)
                || spec.env().entrySet().stream().anyMatch(it -> hasNul(it.getKey()) || hasNul(it.getValue()))
                || cwd != null && hasNul(cwd)) {
            throw new OperationException(Reason.INVALID, "a command must not contain NUL");
        }
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    @Override
    public RunningProcess attach(ProcessSelector selector) {
        try {
            var request =
                    ConnectRequest.newBuilder().setProcess(selected(selector)).build();
            var answers = client.stream(SERVICE + "Connect", null, request, ConnectResponse.getDefaultInstance(), null);
            return begun(answers.map(ConnectResponse::getEvent), null);
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofProcess(e);
        }
    }

    private E2bProcess begun(ConnectStream<ProcessEvent> stream, @Nullable Duration limit) {
        try {
            return new E2bProcess(this, client, stream, pid(stream), limit);
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private int pid(ConnectStream<ProcessEvent> stream) {
        try {
            return ProcessMessages.started(stream.next());
        } catch (ConnectException e) {
            throw client.refused(e);
        } catch (IOException e) {
            throw client.connectionLost(e);
        }
    }

    @Override
    public List<ProcessInfo> list() {
        try {
            return ProcessMessages.list(unary(
                    "List",
                    ListRequest.getDefaultInstance(),
                    ListResponse.getDefaultInstance(),
                    client.timeouts().response()));
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofProcess(e);
        }
    }

    /** Turns a tag into a pid. envd's own look-up by tag fails at the first process with another tag. */
    private ProcessSelector resolve(ProcessSelector selector) {
        return switch (selector) {
            case ProcessSelector.ByPid _ -> selector;
            case ProcessSelector.ByTag(String tag) ->
                list().stream()
                        .filter(it -> tag.equals(it.tag()))
                        .findFirst()
                        .map(it -> ProcessSelector.pid(it.pid()))
                        .orElse(selector);
        };
    }

    /** Sends signals by a command in the sandbox: envd takes only two, and doesn't say whether the group gets them. */
    @Override
    public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
        var running = list().stream()
                .filter(it -> switch (selector) {
                    case ProcessSelector.ByPid(int pid) -> it.pid() == pid;
                    case ProcessSelector.ByTag(String tag) -> tag.equals(it.tag());
                })
                .findFirst()
                .orElseThrow(() -> new OperationException(Reason.PROCESS_NOT_FOUND, "no such process"));
        if (!signals.send(running.pid(), signal, wholeGroup)) {
            throw new OperationException(Reason.PROCESS_NOT_FOUND, "no such process");
        }
    }

    /** Kills what is left of a process group whose leader was killed. Does nothing when nothing is left. */
    void killGroup(int pid) {
        try {
            signals.killGroup(pid);
        } catch (OperationException | ExtensionException e) {
            // the process itself has ended, which is what the caller reports
        }
    }

    @Override
    public void writeInput(ProcessSelector selector, byte[] bytes) {
        var process = resolve(selector);
        var terminal = false;
        for (int offset = 0; offset < bytes.length || offset == 0; offset += MAX_INPUT_BYTES) {
            var piece = Arrays.copyOfRange(bytes, offset, Math.min(bytes.length, offset + MAX_INPUT_BYTES));
            terminal = write(process, piece, terminal);
        }
    }

    /**
     * Writes one piece of input and returns whether the process has a terminal. envd doesn't tell that, but it refuses
     * a write of the wrong type without writing anything; the refusal's text names the terminal, and the write is sent
     * again as terminal input.
     */
    private boolean write(ProcessSelector process, byte[] piece, boolean terminal) {
        try {
            send(process, piece, terminal);
            return terminal;
        } catch (ConnectException e) {
            if (terminal
                    || !String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).matches(".*\\b(pty|tty)\\b.*")) {
                throw EnvdErrorMapper.ofInput(e);
            }
        }
        try {
            send(process, piece, true);
            return true;
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofInput(e);
        }
    }

    private void send(ProcessSelector process, byte[] piece, boolean terminal) {
        var request = SendInputRequest.newBuilder()
                .setProcess(ProcessMessages.selector(process))
                .setInput(ProcessMessages.input(piece, terminal))
                .build();
        unary(
                "SendInput",
                request,
                SendInputResponse.getDefaultInstance(),
                client.timeouts().input());
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        var request =
                CloseStdinRequest.newBuilder().setProcess(selected(selector)).build();
        act("CloseStdin", request, CloseStdinResponse.getDefaultInstance());
    }

    @Override
    public void resize(ProcessSelector selector, PtySize size) {
        var request = UpdateRequest.newBuilder()
                .setProcess(selected(selector))
                .setPty(ProcessMessages.pty(size))
                .build();
        act("Update", request, UpdateResponse.getDefaultInstance());
    }

    private ProcessProto.ProcessSelector selected(ProcessSelector selector) {
        return ProcessMessages.selector(resolve(selector));
    }

    private void act(String method, Message request, Message answer) {
        try {
            unary(method, request, answer, client.timeouts().response());
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofProcess(e);
        }
    }

    private <M extends Message> M unary(String method, Message request, M answer, Duration limit) {
        return client.unary(SERVICE + method, null, request, answer, limit);
    }
}
