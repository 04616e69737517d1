package dev.sandboxer.modal.control;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import java.util.ArrayDeque;
import java.util.Deque;

/** The log of an image build. Reports each line as progress, and keeps the last 20 for an error message. */
final class BuildLog {
    private static final int KEPT = 20;
    private static final int MAX_LINE_LENGTH = 4096;

    private final CreateRequest request;
    private final Deque<String> lines = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();

    BuildLog(CreateRequest request) {
        this.request = request;
    }

    /** Adds a piece of the log, which may end in the middle of a line. */
    void add(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            var next = piece.charAt(i);
            if (next == '\n' || next == '\r' || line.length() == MAX_LINE_LENGTH) {
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
            lines.add(line.toString());
            if (lines.size() > KEPT) {
                lines.remove();
            }
            line.setLength(0);
        }
    }

    /** Returns the last lines; empty when there are none. */
    String lastLines() {
        finishLine();
        return String.join("\n", lines);
    }
}
