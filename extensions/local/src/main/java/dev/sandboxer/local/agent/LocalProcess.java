package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process in a local sandbox. */
final class LocalProcess implements RunningProcess {
    /** Exit status after SIGKILL, of the process itself or of a shell whose command was killed. */
    private static final int KILLED = 128 + 9;

    private static final int CHUNK = 64 << 10;
    private static final int MAX_OUTPUT_BYTES = CHUNK + 1;

    private final AgentConnection connection;
    private final int pid;
    private final EventQueue<ProcessEvent> events;
    private final BooleanSupplier outOfMemory;
    private boolean exited;

    /** @param outOfMemory returns true if the kernel has killed a process in the sandbox for lack of memory since this one was started */
    LocalProcess(AgentConnection connection, int pid, BooleanSupplier outOfMemory) {
        this.connection = connection;
        this.pid = pid;
        this.outOfMemory = outOfMemory;
        this.events = new EventQueue<>(
                connection, "local-process-" + pid, this::event, ProcessEvent.Exited.class::isInstance);
    }

    private ProcessEvent event(Frame frame) {
        return switch (frame.type()) {
            case FrameType.OUTPUT -> output(frame);
            case FrameType.EXIT -> exited(new ProcessEvent.Exited(frame.i32(), frame.i32(), frame.u8() != 0));
            default -> throw Frame.protocolError("type " + frame.type() + " in a process stream");
        };
    }

    /** Marks the exit as out of memory if it has the status of SIGKILL and the OOM killer was active in the sandbox since the start. */
    private ProcessEvent exited(ProcessEvent.Exited end) {
        return end.status() == KILLED && !end.timedOut() && outOfMemory.getAsBoolean()
                ? new ProcessEvent.Exited(end.code(), end.signal(), false, true)
                : end;
    }

    private static ProcessEvent output(Frame frame) {
        if (frame.payload().remaining() > MAX_OUTPUT_BYTES) {
            throw Frame.protocolError("an output of " + frame.payload().remaining() + " bytes");
        }
        var channel = switch (frame.u8()) {
            case 1 -> ProcessEvent.Channel.STDOUT;
            case 2 -> ProcessEvent.Channel.STDERR;
            case 3 -> ProcessEvent.Channel.PTY;
            default -> throw Frame.protocolError("an unknown output channel");
        };
        return new ProcessEvent.Output(channel, frame.rest());
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
        for (int done = 0; done < length; ) {
            var count = Math.min(CHUNK, length - done);
            connection.sendQuietly(new FrameWriter(FrameType.STREAM_INPUT).bytes(bytes, offset + done, count));
            done += count;
        }
    }

    @Override
    public void closeInput() {
        connection.sendQuietly(new FrameWriter(FrameType.STREAM_CLOSE_STDIN));
    }

    @Override
    public void resize(PtySize size) {
        connection.sendQuietly(
                new FrameWriter(FrameType.STREAM_RESIZE).u16(size.columns()).u16(size.rows()));
    }

    @Override
    public void signal(Signal signal, boolean wholeGroup) {
        connection.sendQuietly(
                new FrameWriter(FrameType.STREAM_SIGNAL).u32(signal.number()).u8(wholeGroup ? 1 : 0));
    }

    @Override
    public void close() {
        events.close();
    }
}
