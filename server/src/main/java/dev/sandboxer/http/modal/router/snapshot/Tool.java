package dev.sandboxer.http.modal.router.snapshot;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs programs of the sandbox's own, as root, that read and write much. */
final class Tool {
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final int MOST_ERRORS = 2000;
    private static final int PIECE = 64 << 10;

    private Tool() {}

    /**
     * How it ended.
     *
     * @param errors the beginning of what it wrote to standard error
     */
    record Result(int status, String errors) {}

    /**
     * Runs one to its end.
     *
     * @param input what it reads; null = nothing. Read on another thread
     * @param output takes what it writes
     * @throws IOException of the output's
     * @throws OperationException when it can't be started
     */
    static Result run(Session session, List<String> argv, @Nullable InputStream input, OutputStream output)
            throws IOException, InterruptedException {
        var spec = ProcessSpec.builder(argv)
                .user("root")
                .cwd("/")
                .stdin(input != null)
                .timeout(LONGEST);
        try (var process = session.processes().start(spec.build())) {
            if (input != null) {
                VirtualThreads.start("modal-tool-input", () -> feed(process, input));
            }
            return follow(process, output);
        }
    }

    private static void feed(RunningProcess process, InputStream input) {
        var piece = new byte[PIECE];
        try {
            for (var count = input.read(piece); count >= 0; count = input.read(piece)) {
                process.writeInput(piece, 0, count);
            }
            process.closeInput();
        } catch (IOException | ExtensionException | OperationException e) {
            process.close(); // it must not take a part for all
        }
    }

    private static Result follow(RunningProcess process, OutputStream output) throws IOException, InterruptedException {
        var errors = new ByteArrayOutputStream();
        var time = new Countdown(LONGEST.plusSeconds(10));
        while (!time.isOver()) {
            switch (process.next(time.left())) {
                case null -> {}
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == ProcessEvent.Channel.STDOUT) {
                        output.write(bytes);
                    } else {
                        errors.write(
                                bytes, 0, Math.min(bytes.length, MOST_ERRORS - Math.min(MOST_ERRORS, errors.size())));
                    }
                }
                case ProcessEvent.Exited exited -> {
                    return new Result(
                            exited.status(),
                            errors.toString(StandardCharsets.UTF_8).strip());
                }
            }
        }
        return new Result(137, "it took too long");
    }
}
