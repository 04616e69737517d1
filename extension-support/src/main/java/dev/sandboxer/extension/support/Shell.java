package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs short scripts inside a sandbox to their end. Needs {@code /bin/sh} inside.
 *
 * @param exec runs commands in the sandbox
 */
public record Shell(Exec exec) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MOST_OUTPUT = 4 << 20;

    /**
     * How one went.
     *
     * @param status as a shell reports it
     * @param out its standard output
     * @param err the beginning of its errors
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    public record Done(int status, byte[] out, String err) {
        /**
         * Fails when the script did.
         *
         * @param doing what it did, for the message, as in "making a link"
         * @return this
         * @throws OperationException for what it said, when it failed
         */
        public Done check(String doing) {
            if (status != 0) {
                throw ErrorText.refusal(doing, status, err);
            }
            return this;
        }
    }

    /**
     * Runs a script of at most 30 s and 4 MiB of output.
     *
     * @param script POSIX shell text
     * @param arguments {@code $1} and so on
     * @return how it ended, and what it said
     */
    public Done run(String script, String... arguments) {
        var execution = exec.start(new Command(argv(script, arguments), false, LIMIT, null));
        try (var output = new CommandOutput(execution, "a command inside", null, LIMIT.multipliedBy(2))) {
            var out = output.rest(MOST_OUTPUT);
            return new Done(output.status(), out, output.errors());
        }
    }

    static List<String> argv(String script, String... arguments) {
        var argv = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        argv.addAll(List.of(arguments));
        return argv;
    }
}
