package dev.sandboxer.cli.sandboxes.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.RunningProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs small scripts as root in a sandbox, for times, hard links and holes, which {@code SandboxFiles} has no methods for. Their
 * output comes from the sandbox and must not be trusted.
 */
record SandboxShell(Processes processes) {
    private static final int MAX_OUTPUT_BYTES = 64 << 20;

    /**
     * Runs a script to its end.
     *
     * @param input the script's input; closed when all of it is read or the script has ended
     * @param arguments {@code $1} and so on
     * @return the script's output; empty when it failed or there is no shell
     */
    Optional<String> run(String script, InputStream input, String... arguments) {
        var words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        words.addAll(List.of(arguments));
        try (var process = processes.start(
                ProcessSpec.builder(words).user("root").stdin(true).build())) {
            Thread.ofPlatform().daemon().name("script").start(() -> feed(process, input));
            return output(process);
        } catch (OperationException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(ErrorCode.INTERNAL, "interrupted", e);
        }
    }

    private static void feed(RunningProcess process, InputStream input) {
        var buffer = new byte[64 << 10];
        try (input) {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                process.writeInput(buffer, 0, count);
            }
        } catch (IOException | RuntimeException e) {
            // ignored here: the script notices that its input is incomplete
        }
        process.closeInput();
    }

    private static Optional<String> output(RunningProcess process) throws InterruptedException {
        var output = new ByteArrayOutputStream();
        while (true) {
            switch (process.next(null)) {
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == ProcessEvent.Channel.STDOUT && output.size() < MAX_OUTPUT_BYTES) {
                        output.writeBytes(bytes);
                    }
                }
                case ProcessEvent.Exited exited -> {
                    return exited.status() == 0 ? Optional.of(output.toString(UTF_8)) : Optional.empty();
                }
                case null -> throw new IllegalStateException("no event although no timeout was set");
            }
        }
    }
}
