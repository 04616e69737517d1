package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs short scripts inside a sandbox and waits for their end. Needs {@code /bin/sh} there.
 *
 * @param exec runs commands in the sandbox
 */
public record Shell(Exec exec) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MAX_OUTPUT_BYTES = 4 << 20;

    /**
     * The result of a script.
     *
     * @param status exit status as a shell reports it
     * @param out its standard output
     * @param err the beginning of its standard error
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    public record Result(int status, byte[] out, String err) {
        /**
         * Throws if the script failed.
         *
         * @param activity the purpose of the script, for the message, as in "making a link"
         * @return this
         * @throws OperationException with the reason that follows from its standard error
         */
        public Result check(String activity) {
            if (status != 0) {
                throw ErrorText.refusal(activity, status, err);
            }
            return this;
        }
    }

    /**
     * Runs a script, for at most 30 s and 4 MiB of output.
     *
     * @param script POSIX shell text
     * @param arguments {@code $1} and so on
     * @return its exit status and output
     */
    public Result run(String script, String... arguments) {
        var execution = exec.start(new Command(argv(script, arguments), false, LIMIT, null));
        try (var output = new CommandOutput(execution, "a command in the sandbox", null, LIMIT.multipliedBy(2))) {
            var out = output.readAll(MAX_OUTPUT_BYTES);
            return new Result(output.status(), out, output.errors());
        }
    }

    static List<String> argv(String script, String... arguments) {
        var argv = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        argv.addAll(List.of(arguments));
        return argv;
    }
}
