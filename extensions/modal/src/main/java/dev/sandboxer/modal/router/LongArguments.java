package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.support.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Commands that are longer than Modal takes: their words go into a file inside, which a shell reads and removes. */
final class LongArguments {
    /** In bytes; Modal takes 65,536 characters. */
    private static final int MOST = 60_000;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String WRITE = "umask 077; cat >\"$1\"";
    private static final String READ =
            "sbx_words=$(cat \"$1\") && rm -f \"$1\" && eval \"set -- $sbx_words\" && exec \"$@\"";

    private LongArguments() {}

    static boolean exceed(List<String> argv) {
        return argv.stream()
                        .mapToInt(word -> word.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                > MOST;
    }

    /** Puts the words into a file and returns the short command that runs them. */
    static List<String> store(ModalExec exec, List<String> argv) {
        var path = "/tmp/.sandboxer-" + UUID.randomUUID();
        var words = argv.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "))
                .getBytes(StandardCharsets.UTF_8);
        try (var writing = exec.start(new Command(List.of("/bin/sh", "-c", WRITE, "sh", path), true, LIMIT, null))) {
            writing.writeInput(words, 0, words.length);
            writing.closeInput();
            for (var event = writing.next(LIMIT); ; event = writing.next(LIMIT)) {
                if (event instanceof ProcessEvent.Exited end && end.status() == 0) {
                    return List.of("/bin/sh", "-c", READ, "sh", path);
                }
                if (event == null || event instanceof ProcessEvent.Exited) {
                    throw new OperationException(Reason.IO, "a long command could not be stored in /tmp inside");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationException(Reason.IO, "interrupted");
        }
    }
}
