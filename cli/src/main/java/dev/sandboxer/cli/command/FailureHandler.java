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
 * Prints a failure in one line with its code.
 *
 * @param debug true to print the stack trace too
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
                var code = " [" + failure.code().code() + "]";
                switch (failure.code()) {
                    case INVALID_CONFIG ->
                        console.printErrorLines(failure.getMessage() + code); // a line for each mistake
                    case START_FAILED -> console.printErrorLines(withCode(String.valueOf(failure.getMessage()), code));
                    default -> console.note(failure.getMessage() + code);
                }
                yield failure.code().exitCode();
            }
            case DescriptorOutput.BrokenPipe gone -> ExitStatus.BROKEN_PIPE;
            case UncheckedIOException io -> {
                console.note(String.valueOf(io.getMessage()));
                yield ExitStatus.FAILURE;
            }
            default -> {
                console.note("a defect in sand-boxer: " + e
                        + "; please report it with the stack trace that SANDBOXER_DEBUG=1 prints ["
                        + ErrorCode.INTERNAL.code() + "]");
                yield ExitStatus.FAILURE;
            }
        };
    }

    /** Returns the message with the code at the end of its first line. The other lines are output of a command. */
    private static String withCode(String message, String code) {
        var end = message.indexOf('\n');
        return end < 0 ? message + code : message.substring(0, end) + code + message.substring(end);
    }
}
