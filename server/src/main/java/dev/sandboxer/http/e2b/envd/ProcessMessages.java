package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.ByteString;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.protocol.e2b.ProcessProto;
import dev.sandboxer.protocol.e2b.ProcessProto.PTY;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessConfig;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.DataEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.EndEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.KeepAlive;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessEvent.StartEvent;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessInput;
import dev.sandboxer.protocol.e2b.SignalStatus;
import java.util.List;

/** Translates between the messages of E2B's {@code process.Process} and the types of the extension contract. */
final class ProcessMessages {
    static final ProcessEvent KEEPALIVE = ProcessEvent.newBuilder()
            .setKeepalive(KeepAlive.getDefaultInstance())
            .build();

    private ProcessMessages() {}

    /** Returns the size of a terminal. Clients send 0 for an unknown size, which becomes 80 columns or 24 rows. */
    static PtySize size(PTY pty) {
        if (!pty.hasSize()) {
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "a pty needs a size");
        }
        var size = pty.getSize();
        return new PtySize(size.getCols() == 0 ? 80 : size.getCols(), size.getRows() == 0 ? 24 : size.getRows());
    }

    static ProcessSelector selector(ProcessProto.ProcessSelector selector) {
        if (selector.hasPid()) {
            return ProcessSelector.pid(selector.getPid());
        }
        if (!selector.getTag().isEmpty()) {
            return ProcessSelector.tag(selector.getTag());
        }
        throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the process must be named by pid or tag");
    }

    static byte[] bytes(ProcessInput input) {
        return (input.hasPty() ? input.getPty() : input.getStdin()).toByteArray();
    }

    /**
     * Requires {@code pty} for a process with a terminal and {@code stdin} for one with a pipe. Does not check that the process
     * exists; the write does.
     *
     * @throws ConnectException {@code INTERNAL} if the input doesn't fit
     */
    static void requireFor(ProcessSelector selector, ProcessInput input, List<ProcessInfo> processes) {
        for (ProcessInfo process : processes) {
            if (selector.matches(process) && (process.pty() ? input.hasStdin() : input.hasPty())) {
                throw new ConnectException(
                        ConnectCode.INTERNAL,
                        process.pty()
                                ? "the process has a terminal: send pty, not stdin"
                                : "the process has no terminal: send stdin, not pty");
            }
        }
    }

    static Signal signal(ProcessProto.Signal signal) {
        return switch (signal) {
            case SIGNAL_SIGTERM -> Signal.TERM;
            case SIGNAL_SIGKILL -> Signal.KILL;
            case SIGNAL_UNSPECIFIED, UNRECOGNIZED ->
                throw new ConnectException(
                        ConnectCode.UNIMPLEMENTED, "only SIGNAL_SIGTERM and SIGNAL_SIGKILL can be sent");
        };
    }

    static ProcessEvent started(int pid) {
        return ProcessEvent.newBuilder()
                .setStart(StartEvent.newBuilder().setPid(pid))
                .build();
    }

    static ProcessEvent output(Output output) {
        var data = DataEvent.newBuilder();
        var bytes = ByteString.copyFrom(output.bytes());
        switch (output.channel()) {
            case STDOUT -> data.setStdout(bytes);
            case STDERR -> data.setStderr(bytes);
            case PTY -> data.setPty(bytes);
        }
        return ProcessEvent.newBuilder().setData(data).build();
    }

    static ProcessEvent exited(Exited exited) {
        var end = EndEvent.newBuilder().setStatus(status(exited));
        if (exited.signal() != 0) {
            end.setExitCode(-1).setError(error(exited));
        } else {
            end.setExitCode(exited.code()).setExited(true);
            if (exited.code() != 0) {
                end.setError(error(exited));
            }
        }
        return ProcessEvent.newBuilder().setEnd(end).build();
    }

    private static String error(Exited exited) {
        return status(exited) + (exited.outOfMemory() ? " (the sandbox is out of memory)" : "");
    }

    /** Returns the status in the words of Go's os/exec. Clients show it, and E2B's command line matches on it. */
    static String status(Exited exited) {
        return exited.signal() == 0 ? "exit status " + exited.code() : SignalStatus.format(exited.signal());
    }

    static ProcessProto.ProcessInfo info(ProcessInfo info) {
        var argv = info.argv();
        var message = ProcessProto.ProcessInfo.newBuilder()
                .setPid(info.pid())
                .setConfig(ProcessConfig.newBuilder()
                        .setCmd(argv.getFirst())
                        .addAllArgs(argv.subList(1, argv.size()))
                        .putAllEnvs(info.env())
                        .setCwd(info.cwd()));
        if (info.tag() != null) {
            message.setTag(info.tag());
        }
        return message.build();
    }
}
