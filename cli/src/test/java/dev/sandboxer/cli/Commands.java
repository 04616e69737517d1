package dev.sandboxer.cli;

import java.util.ArrayList;
import java.util.List;

/** Runs commands of sandboxer on one home. */
public interface Commands {
    /** How a command ended and what it said. */
    record Result(int status, String out, String err) {
        public String line() {
            return out.strip();
        }
    }

    Result runWith(byte[] input, String... arguments);

    default Result run(String... arguments) {
        return runWith(new byte[0], arguments);
    }

    /** The id of a fresh sandbox. */
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
