package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * An operation of {@code files.sh} that runs.
 *
 * @param pid the script's
 * @param output what it says after its pid
 */
record FileScript(Exec exec, Execution execution, int pid, CommandOutput output) implements AutoCloseable {
    /** How long it may say nothing while it is read; longest while a large tree is removed. */
    private static final Duration SILENCE = Duration.ofSeconds(120);

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final int LONGEST_PID = 9;
    private static final Pattern PID = Pattern.compile("[1-9][0-9]*");

    /**
     * @param doing for messages, as in "listing /x"
     * @param arguments operation, user, path, and what the operation takes
     */
    static FileScript start(Exec exec, String doing, boolean input, String... arguments) {
        var execution = exec.start(new Command(Shell.argv(Scripts.FILES, arguments), input, null, null));
        var output = new CommandOutput(execution, doing, SILENCE, LIMIT);
        try {
            var pid = new String(output.until(0, LONGEST_PID), StandardCharsets.US_ASCII);
            if (!PID.matcher(pid).matches()) {
                throw output.strange();
            }
            return new FileScript(exec, execution, Integer.parseInt(pid), output);
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    /** The entry that it tells at its end. */
    FileEntry entry() {
        var entry = FileRecord.read(output).entry();
        output.requireSuccess();
        return entry;
    }

    /** Ends it, when it has not ended. */
    @Override
    public void close() {
        if (!output.hasEnded()) {
            exec.kill(pid);
        }
        execution.close();
    }
}
