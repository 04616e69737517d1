package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A command in a {@link Container}, with events like Docker's: output, then one exit status, sent only after the last descendant has closed
 * the output. After {@link #close} the command keeps running and its output is discarded. Platform threads read the pipes, since virtual
 * threads would pin their carriers.
 */
final class ContainerExecution implements Execution {
    private static final int PIECE = 32 << 10;

    private final Process process;
    private final EventBuffer events = new EventBuffer();

    private ContainerExecution(Process process) {
        this.process = process;
    }

    static ContainerExecution start(ProcessBuilder builder, boolean input) {
        try {
            var execution = new ContainerExecution(builder.start());
            if (!input) {
                execution.closeInput();
            }
            Thread.ofPlatform().daemon().start(execution::pump);
            return execution;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pump() {
        try {
            var errors = Thread.ofPlatform().daemon().start(() -> pump(Channel.STDERR, process.getErrorStream()));
            pump(Channel.STDOUT, process.getInputStream());
            errors.join();
            events.put(new ProcessEvent.Exited(process.waitFor(), 0, false));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void pump(Channel channel, InputStream from) {
        var buffer = new byte[PIECE];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                events.put(new ProcessEvent.Output(channel, Arrays.copyOf(buffer, count)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        return events.next(timeout);
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        try {
            process.getOutputStream().write(bytes, offset, length);
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new OperationException(Reason.STDIN_CLOSED, "the command no longer reads its input");
        }
    }

    @Override
    public void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // the command has closed its input already
        }
    }

    @Override
    public void close() {
        events.close();
        closeInput();
    }
}
