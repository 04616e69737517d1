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

/** Runs a program that reads or writes much data, as root in the sandbox. */
final class Program {
    /** Modal works on sandboxes as root. */
    static final String USER = "root";

    private static final Duration MAX_TIME = Duration.ofMinutes(30);
    private static final int MAX_ERROR_BYTES = 2000;
    private static final int PIECE = 64 << 10;

    private Program() {}

    /**
     * The end of a program.
     *
     * @param errors the beginning of its standard error
     */
    record Result(int status, String errors) {}

    /**
     * Runs a program to its end.
     *
     * @param input its standard input, which is read on another thread; null = none
     * @param output takes its standard output
     * @throws IOException when the output fails
     * @throws OperationException when the program can't be started
     */
    static Result run(Session session, List<String> argv, @Nullable InputStream input, OutputStream output)
            throws IOException, InterruptedException {
        var spec = ProcessSpec.builder(argv)
                .user(USER)
                .cwd("/")
                .stdin(input != null)
                .timeout(MAX_TIME);
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
            process.close(); // otherwise the program would take incomplete input for complete input
        }
    }

    private static Result follow(RunningProcess process, OutputStream output) throws IOException, InterruptedException {
        var errors = new ByteArrayOutputStream();
        var time = new Countdown(MAX_TIME.plusSeconds(10));
        while (!time.isOver()) {
            switch (process.next(time.left())) {
                case null -> {}
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == ProcessEvent.Channel.STDOUT) {
                        output.write(bytes);
                    } else {
                        errors.write(
                                bytes,
                                0,
                                Math.min(bytes.length, MAX_ERROR_BYTES - Math.min(MAX_ERROR_BYTES, errors.size())));
                    }
                }
                case ProcessEvent.Exited exited -> {
                    return new Result(
                            exited.status(),
                            errors.toString(StandardCharsets.UTF_8).strip());
                }
            }
        }
        return new Result(137, "the program took too long");
    }
}
