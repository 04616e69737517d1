package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.error.SandboxException;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line and where to look; does not print the whole help. */
public record UsageErrorHandler(Console console) implements IParameterExceptionHandler {
    /** A message of ours; it does not repeat arguments that may be keys. */
    static final class Contradiction extends ParameterException {
        private static final long serialVersionUID = 1;

        Contradiction(CommandLine command, String text) {
            super(command, text);
        }
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        var command = e.getCommandLine();
        if (takesKeys(command)) {
            console.note(command.getCommandName() + ": " + withoutArguments(e));
        } else {
            console.note(
                    switch (e.getCause()) {
                        case SandboxException ours -> String.valueOf(ours.getMessage());
                        case IllegalArgumentException ours -> String.valueOf(ours.getMessage());
                        case null, default -> message(e);
                    });
            UnmatchedArgumentException.printSuggestions(e, console.errorWriter());
        }
        console.errorWriter().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE;
    }

    /** Returns true if an argument may be a key that was typed in the wrong place. */
    private static boolean takesKeys(CommandLine line) {
        for (var at = line; at != null; at = at.getParent()) {
            if (at.getCommandSpec().userObject() instanceof Command command && command.takesKeys()) {
                return true;
            }
        }
        return false;
    }

    private static String withoutArguments(ParameterException e) {
        return switch (e) {
            case Contradiction ours -> String.valueOf(ours.getMessage());
            case MissingParameterException missing ->
                missing.getMissing().stream().map(UsageErrorHandler::name).collect(Collectors.joining(", "))
                        + " is missing";
            default ->
                "one of the arguments is not understood, and not repeated, as it may be a key; a key is read from standard"
                        + " input or from --from FILE, never from the command line";
        };
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? "the value of " + option.longestName() : argument.paramLabel();
    }

    private static String message(ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched && command.getParent() == null) {
            return "there is no command or option '" + unmatched.getUnmatched().getFirst() + "'";
        }
        var text = String.valueOf(e.getMessage())
                .replace("option option ", "option "); // picocli says it twice for KEY=VALUE
        return command.getParent() == null ? text : command.getCommandName() + ": " + text;
    }
}
