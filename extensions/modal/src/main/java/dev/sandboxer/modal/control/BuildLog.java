package dev.sandboxer.modal.control;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import java.util.ArrayDeque;
import java.util.Deque;

/** The log of an image's build: each line is progress, and the last ones are kept for an error. */
final class BuildLog {
    private static final int KEPT = 20;
    private static final int LONGEST_LINE = 4096;

    private final CreateRequest request;
    private final Deque<String> last = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();

    BuildLog(CreateRequest request) {
        this.request = request;
    }

    /** Takes a piece of it, cut anywhere. */
    void add(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            var next = piece.charAt(i);
            if (next == '\n' || next == '\r' || line.length() == LONGEST_LINE) {
                finishLine();
            }
            if (next != '\n' && next != '\r') {
                line.append(next);
            }
        }
    }

    private void finishLine() {
        if (!line.isEmpty()) {
            request.report(Stage.BUILDING, line.toString());
            last.add(line.toString());
            if (last.size() > KEPT) {
                last.remove();
            }
            line.setLength(0);
        }
    }

    /** The last lines; empty when there are none. */
    String end() {
        finishLine();
        return String.join("\n", last);
    }
}
