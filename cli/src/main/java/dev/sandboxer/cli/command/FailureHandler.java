package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.DescriptorOutput;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Prints a failure on one line with its code.
 *
 * @param debug whether to print the stack trace too
 */
public record FailureHandler(Console console, boolean debug) implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        Shutdown.parkIfBegun();
        if (debug) {
            e.printStackTrace(console.errorWriter());
        }
        return switch (e) {
            case SandboxException failure -> {
                var text = failure.getMessage() + " [" + failure.code().code() + "]";
                if (failure.code() == ErrorCode.INVALID_CONFIG) {
                    console.noteLines(text); // one for each mistake
                } else {
                    console.note(text);
                }
                yield failure.code().exitCode();
            }
            case DescriptorOutput.BrokenPipe gone -> ExitStatus.BROKEN_PIPE;
            case UncheckedIOException io -> {
                console.note(String.valueOf(io.getMessage()));
                yield ExitStatus.FAILURE;
            }
            default -> {
                console.note(
                        "a defect in sand-boxer: " + e + "; set SANDBOXER_DEBUG=1 for where, and please report it ["
                                + ErrorCode.INTERNAL.code() + "]");
                yield ExitStatus.FAILURE;
            }
        };
    }
}
