package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A running operation of {@code files.sh}.
 *
 * @param pid process id of the script
 * @param output its output after the process id
 */
record FileScript(Exec exec, Execution execution, int pid, CommandOutput output) implements AutoCloseable {
    /** The longest wait for more output, long enough to remove a large tree. */
    private static final Duration SILENCE = Duration.ofSeconds(120);

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final int MAX_PID_LENGTH = 9;
    private static final Pattern PID = Pattern.compile("[1-9][0-9]*");

    /**
     * @param activity the purpose, for messages, as in "listing /x"
     * @param arguments operation, user, path, and the operation's own arguments
     */
    static FileScript start(Exec exec, String activity, boolean input, String... arguments) {
        var execution = exec.start(new Command(Shell.argv(Scripts.FILES, arguments), input, null, null));
        var output = new CommandOutput(execution, activity, SILENCE, LIMIT);
        try {
            var pid = new String(output.readUntil(0, MAX_PID_LENGTH), StandardCharsets.US_ASCII);
            if (!PID.matcher(pid).matches()) {
                throw output.unexpected();
            }
            return new FileScript(exec, execution, Integer.parseInt(pid), output);
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    /** Reads the entry at the end of the output, and requires success. */
    FileEntry entry() {
        var entry = FileRecord.read(output).entry();
        output.requireSuccess();
        return entry;
    }

    /** Kills the script if it still runs. */
    @Override
    public void close() {
        if (!output.hasEnded()) {
            exec.kill(pid);
        }
        execution.close();
    }
}
