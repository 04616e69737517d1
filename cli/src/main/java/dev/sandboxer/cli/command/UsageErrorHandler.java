package dev.sandboxer.cli.command;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints the problem of a command line in one line, and how to get help. */
public record UsageErrorHandler(Console console) implements IParameterExceptionHandler {
    /** An error whose message is safe to print: it repeats no argument that may be a key. */
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
            case MissingParameterException missing -> missing(missing);
            default ->
                "an argument is not valid (not shown, because it may be a key); give a key on standard input or with"
                        + " --from FILE, never on the command line";
        };
    }

    private static String missing(MissingParameterException e) {
        return e.getMissing().stream().map(UsageErrorHandler::name).collect(Collectors.joining(", ")) + " is missing";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? "the value of " + option.longestName() : argument.paramLabel();
    }

    private static String place(CommandLine command) {
        return command.getParent() == null ? "" : command.getCommandName() + ": ";
    }

    /** Returns the message for an unknown command or option, with the one that was probably meant. */
    private static String unmatched(CommandLine command, String typed) {
        var spec = command.getCommandSpec();
        var isOption = typed.startsWith("-");
        if (!isOption && command.getSubcommands().isEmpty()) {
            return "unexpected argument " + Spelling.quoted(typed);
        }
        var known = isOption
                ? spec.options().stream().flatMap(option -> Stream.of(option.names()))
                : command.getSubcommands().entrySet().stream()
                        .filter(entry -> !entry.getValue()
                                .getCommandSpec()
                                .usageMessage()
                                .hidden())
                        .map(Map.Entry::getKey);
        var name = isOption ? typed.replaceFirst("=.*", "") : typed;
        return "unknown " + (isOption ? "option " : "command ") + Spelling.quoted(name)
                + Spelling.didYouMean(Spelling.nearest(name, known.toList()));
    }

    private static String message(ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched) {
            return place(command) + unmatched(command, unmatched.getUnmatched().getFirst());
        }
        if (e instanceof MissingParameterException missing) {
            return place(command) + missing(missing);
        }
        var text = String.valueOf(e.getMessage())
                .replace("option option ", "option "); // picocli repeats the word for KEY=VALUE
        return place(command) + text;
    }
}
