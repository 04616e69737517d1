package dev.sandboxer.testing;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fake processes whose behaviour a test chooses: they print a text, and end at once or never.
 *
 * @param requireRunning throws if the sandbox is gone
 * @param behaviour returns what a process does
 */
public record FakeProcesses(Runnable requireRunning, Function<ProcessSpec, FakeProcesses.Act> behaviour)
        implements Processes {
    /**
     * The behaviour of a process.
     *
     * @param prints written to standard output, each as one event
     * @param exit the exit code; null = the process runs for ever
     */
    public record Act(List<String> prints, @Nullable Integer exit) {
        /** Creates an act that prints one text, or nothing if it is empty. */
        public Act(String prints, @Nullable Integer exit) {
            this(prints.isEmpty() ? List.of() : List.of(prints), exit);
        }
    }

    @Override
    public RunningProcess start(ProcessSpec spec) {
        requireRunning.run();
        var act = behaviour.apply(spec);
        Queue<ProcessEvent> events = new ArrayDeque<>();
        for (String text : act.prints()) {
            events.add(new ProcessEvent.Output(
                    ProcessEvent.Channel.STDOUT, text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        if (act.exit() != null) {
            events.add(new ProcessEvent.Exited(act.exit(), 0, false));
        }
        return new Running(requireRunning, events);
    }

    private record Running(Runnable requireRunning, Queue<ProcessEvent> events) implements RunningProcess {
        @Override
        public int pid() {
            return 2;
        }

        @Override
        public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
            requireRunning.run();
            if (events.isEmpty()) {
                Thread.sleep(1);
            }
            return events.poll();
        }

        @Override
        public void writeInput(byte[] bytes, int offset, int length) {}

        @Override
        public void closeInput() {}

        @Override
        public void resize(PtySize size) {}

        @Override
        public void signal(Signal signal, boolean wholeGroup) {
            events.clear();
        }

        @Override
        public void close() {}
    }

    @Override
    public RunningProcess attach(ProcessSelector selector) {
        throw unsupported();
    }

    @Override
    public List<ProcessInfo> list() {
        return List.of();
    }

    @Override
    public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
        throw unsupported();
    }

    @Override
    public void writeInput(ProcessSelector selector, byte[] bytes) {
        throw unsupported();
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        throw unsupported();
    }

    @Override
    public void resize(ProcessSelector selector, PtySize size) {
        throw unsupported();
    }

    private static OperationException unsupported() {
        return new OperationException(OperationException.Reason.UNSUPPORTED, "the fake has no such thing");
    }
}
