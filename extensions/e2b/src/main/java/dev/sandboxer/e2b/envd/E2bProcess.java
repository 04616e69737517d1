package dev.sandboxer.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.protocol.e2b.ProcessProto;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A process in an E2B sandbox. Its stream delivers only events; input and signals are separate calls. */
final class E2bProcess implements RunningProcess {
    private final E2bProcesses processes;
    private final EnvdClient client;
    private final int pid;
    private final ProcessSelector self;
    private final @Nullable Duration timeout;
    private final EventQueue<ProcessProto.ProcessEvent, ProcessEvent> events;
    private boolean exited;

    /** @param timeout the time limit that the sandbox enforces; null = none */
    E2bProcess(
            E2bProcesses processes,
            EnvdClient client,
            ConnectStream<ProcessProto.ProcessEvent> stream,
            int pid,
            @Nullable Duration timeout) {
        this.processes = processes;
        this.client = client;
        this.pid = pid;
        this.self = ProcessSelector.pid(pid);
        this.timeout = timeout;
        this.events = new EventQueue<>(stream, "e2b-process-" + pid, new Decoder());
    }

    private final class Decoder implements EventQueue.Decoder<ProcessProto.ProcessEvent, ProcessEvent> {
        @Override
        public @Nullable ProcessEvent event(ProcessProto.ProcessEvent message) throws IOException {
            return ProcessMessages.event(message);
        }

        @Override
        public boolean isLast(ProcessEvent event) {
            return event instanceof ProcessEvent.Exited;
        }

        /**
         * Kills the rest of the group on a timeout: envd kills only the process itself (e2b-dev/infra,
         * {@code services/process/start.go}).
         */
        @Override
        public ProcessEvent ended(ConnectException e) {
            if (e.code() == ConnectCode.DEADLINE_EXCEEDED && timeout != null) {
                processes.killGroup(pid);
                return new ProcessEvent.Exited(-1, Signal.KILL.number(), true);
            }
            var refusal = client.refused(e);
            throw refusal instanceof ConnectException cause ? EnvdErrorMapper.ofProcess(cause) : refusal;
        }

        @Override
        public RuntimeException endedEarly() {
            return client.connectionLost(new IOException("the stream of process " + pid + " ended before the process"));
        }

        @Override
        public ExtensionException broken(IOException e) {
            return client.connectionLost(e);
        }
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        if (exited) {
            throw new IllegalStateException("the process has ended");
        }
        var event = events.next(timeout);
        exited = event instanceof ProcessEvent.Exited;
        return event;
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        unlessEnded(() -> processes.writeInput(self, Arrays.copyOfRange(bytes, offset, offset + length)));
    }

    @Override
    public void closeInput() {
        unlessEnded(() -> processes.closeInput(self));
    }

    @Override
    public void resize(PtySize size) {
        unlessEnded(() -> processes.resize(self, size));
    }

    @Override
    public void signal(Signal signal, boolean wholeGroup) {
        unlessEnded(() -> processes.signal(self, signal, wholeGroup));
    }

    /** Ignores that the process has ended, which the stream reports anyway. */
    private static void unlessEnded(Runnable call) {
        try {
            call.run();
        } catch (OperationException e) {
            if (e.reason() != Reason.PROCESS_NOT_FOUND && e.reason() != Reason.STDIN_CLOSED) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
