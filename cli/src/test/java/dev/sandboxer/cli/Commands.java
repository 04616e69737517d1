package dev.sandboxer.cli;

import java.util.ArrayList;
import java.util.List;

/** Runs commands of sandboxer on one home. */
public interface Commands {
    /** The exit status and output of a command. */
    record Result(int status, String out, String err) {
        public String line() {
            return out.strip();
        }
    }

    Result runWith(byte[] input, String... arguments);

    default Result run(String... arguments) {
        return runWith(new byte[0], arguments);
    }

    /** Creates a sandbox and returns its id. */
    default String create(String... options) {
        var arguments = new ArrayList<>(List.of("create"));
        arguments.addAll(List.of(options));
        var result = run(arguments.toArray(String[]::new));
        if (result.status() != 0) {
            throw new AssertionError(result.err());
        }
        return result.line();
    }
}
