package dev.sandboxer.cli;

import dev.sandboxer.error.SandboxException;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** A wrong command line: what is wrong and where to look, not the whole manual. */
record UsageErrors(Console console) implements IParameterExceptionHandler {
    static final int STATUS = 2;

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        var cause = e.getCause();
        console.note(cause instanceof SandboxException ? String.valueOf(cause.getMessage()) : message(e));
        var command = e.getCommandLine();
        UnmatchedArgumentException.printSuggestions(e, console.errorWriter());
        console.errorWriter().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return STATUS;
    }

    private static String message(ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched && command.getParent() == null) {
            return "there is no command or option '" + unmatched.getUnmatched().getFirst() + "'";
        }
        var text = String.valueOf(e.getMessage()).replace("option option ", "option "); // picocli's, for KEY=VALUE
        return command.getParent() == null ? text : command.getCommandName() + ": " + text;
    }
}
