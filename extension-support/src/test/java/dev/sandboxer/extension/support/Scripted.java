package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sandbox in which every command prints the same output and ends with the same status. */
record Scripted(String output, int status) implements Exec {
    @Override
    public Execution start(Command command) {
        return new Prepared(List.<ProcessEvent>of(
                        new ProcessEvent.Output(Channel.STDOUT, output.getBytes(UTF_8)),
                        new ProcessEvent.Exited(status, 0, false))
                .iterator());
    }

    /** A command with prepared events. */
    record Prepared(Iterator<ProcessEvent> events) implements Execution {
        @Override
        public @Nullable ProcessEvent next(@Nullable Duration timeout) {
            return events.next();
        }

        @Override
        public void writeInput(byte[] bytes, int offset, int length) {}

        @Override
        public void closeInput() {}

        @Override
        public void close() {}
    }
}
