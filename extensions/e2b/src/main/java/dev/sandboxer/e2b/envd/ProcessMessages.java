package dev.sandboxer.e2b.envd;

import com.google.protobuf.ByteString;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.protocol.e2b.ProcessProto;
import dev.sandboxer.protocol.e2b.ProcessProto.ListResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.PTY;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessConfig;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessInput;
import dev.sandboxer.protocol.e2b.ProcessProto.StartRequest;
import dev.sandboxer.protocol.e2b.SignalStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts between the contract's types and the messages of {@code process.Process}. */
final class ProcessMessages {
    /** The tag of commands that this extension starts for itself and leaves out of listings. */
    static final String INTERNAL_TAG = "sandboxer-aside";

    /** A variable that marks a process with a terminal, because listings have no field for it. */
    private static final String TERMINAL_VARIABLE = "SANDBOXER_TERMINAL";

    private ProcessMessages() {}

    static StartRequest start(ProcessSpec spec) {
        var config = ProcessConfig.newBuilder()
                .setCmd(spec.argv().getFirst())
                .addAllArgs(spec.argv().subList(1, spec.argv().size()))
                .putAllEnvs(spec.env());
        if (spec.cwd() != null) {
            config.setCwd(spec.cwd());
        }
        var request = StartRequest.newBuilder().setStdin(spec.stdin());
        if (spec.pty() != null) {
            config.putEnvs(TERMINAL_VARIABLE, "1");
            request.setPty(pty(spec.pty()));
        }
        if (spec.tag() != null) {
            request.setTag(spec.tag());
        }
        return request.setProcess(config).build();
    }

    static ProcessProto.ProcessSelector selector(ProcessSelector selector) {
        var process = ProcessProto.ProcessSelector.newBuilder();
        switch (selector) {
            case ProcessSelector.ByPid(int pid) -> process.setPid(pid);
            case ProcessSelector.ByTag(String tag) -> process.setTag(tag);
        }
        return process.build();
    }

    static ProcessInput input(byte[] bytes, boolean terminal) {
        var input = ProcessInput.newBuilder();
        var content = ByteString.copyFrom(bytes);
        return (terminal ? input.setPty(content) : input.setStdin(content)).build();
    }

    static PTY pty(PtySize size) {
        return PTY.newBuilder()
                .setSize(PTY.Size.newBuilder().setCols(size.columns()).setRows(size.rows()))
                .build();
    }

    static List<ProcessInfo> list(ListResponse answer) {
        return answer.getProcessesList().stream()
                .filter(process -> !process.getTag().equals(INTERNAL_TAG))
                .map(ProcessMessages::info)
                .toList();
    }

    private static ProcessInfo info(ProcessProto.ProcessInfo process) {
        var config = process.getConfig();
        var argv = new ArrayList<String>();
        argv.add(config.getCmd());
        argv.addAll(config.getArgsList());
        var env = new HashMap<>(config.getEnvsMap());
        var terminal = env.remove(TERMINAL_VARIABLE) != null;
        var tag = process.getTag();
        return new ProcessInfo(process.getPid(), tag.isEmpty() ? null : tag, argv, env, config.getCwd(), terminal);
    }

    /** Returns the pid in a stream's first event. */
    static int started(ProcessProto.@Nullable ProcessEvent event) throws IOException {
        var pid = event == null ? 0 : event.getStart().getPid();
        if (pid <= 0) {
            throw new IOException("the stream does not begin with the start of a process");
        }
        return pid;
    }

    /** Returns null for keep-alives and for events of newer versions. */
    static @Nullable ProcessEvent event(ProcessProto.ProcessEvent event) throws IOException {
        return switch (event.getEventCase()) {
            case END -> exited(event.getEnd());
            case DATA -> output(event.getData());
            case START, KEEPALIVE, EVENT_NOT_SET -> null;
        };
    }

    private static @Nullable ProcessEvent output(ProcessProto.ProcessEvent.DataEvent data) {
        return switch (data.getOutputCase()) {
            case STDOUT ->
                new ProcessEvent.Output(Channel.STDOUT, data.getStdout().toByteArray());
            case STDERR ->
                new ProcessEvent.Output(Channel.STDERR, data.getStderr().toByteArray());
            case PTY -> new ProcessEvent.Output(Channel.PTY, data.getPty().toByteArray());
            case OUTPUT_NOT_SET -> null;
        };
    }

    private static ProcessEvent exited(ProcessProto.ProcessEvent.EndEvent end) throws IOException {
        if (end.getExited()) {
            return new ProcessEvent.Exited(end.getExitCode(), 0, false);
        }
        var signal = SignalStatus.parse(end.getStatus())
                .orElseThrow(() -> new IOException("a process that neither exited nor was ended by a known signal"));
        return new ProcessEvent.Exited(-1, signal, false);
    }
}
