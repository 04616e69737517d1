package dev.sandboxer.cli.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A page of the documentation as a sequence of steps. Its conventions:
 *
 * <ul>
 *   <li>A block {@code sh} holds commands, which must all succeed. One shell runs the whole page.
 *   <li>A block {@code console} holds commands after {@code $}, each with its output. Numbers and ids may differ.
 *   <li>A comment {@code not run: REASON} above a block says why it is not run.
 *   <li>A comment {@code file: NAME} above a block writes the block to that file in the home.
 *   <li>A comment {@code run: COMMANDS} holds commands that readers need not see.
 * </ul>
 *
 * @param path from the root of the tree
 */
record DocPage(String path, List<Step> steps, List<String> mistakes) {
    private static final Set<String> NO_COMMANDS = Set.of("text", "yaml", "json", "js", "java", "python", "ini", "c");
    private static final Pattern COMMENT = Pattern.compile("<!-- (not run|file|run): ?(.*)", Pattern.DOTALL);

    enum Kind {
        /** Commands. */
        SHELL,
        /** Commands and their output. */
        CONSOLE,
        /** A file to write into the home; its name is the step's note. */
        FILE,
        /** Commands that are not run; the reason is the step's note. */
        NOT_RUN
    }

    /**
     * A block of a page.
     *
     * @param line number of the line where its text begins
     */
    record Step(Kind kind, int line, String note, String text) {}

    boolean isRun() {
        return steps.stream().anyMatch(step -> step.kind() == Kind.SHELL || step.kind() == Kind.CONSOLE);
    }

    static DocPage read(String path) {
        var reader = new Reader(path, Tree.read(path).lines().toList());
        reader.read();
        return new DocPage(path, List.copyOf(reader.steps), List.copyOf(reader.mistakes));
    }

    private static final class Reader {
        private final String path;
        private final List<String> lines;
        private final List<Step> steps = new ArrayList<>();
        private final List<String> mistakes = new ArrayList<>();
        private int next;

        /** The comment that applies to the next block; null = none. */
        private String kind;

        private String note = "";

        Reader(String path, List<String> lines) {
            this.path = path;
            this.lines = lines;
        }

        void read() {
            while (next < lines.size()) {
                var line = lines.get(next++);
                if (line.strip().startsWith("```")) {
                    var begin = next + 1;
                    block(line.strip().substring(3).strip(), begin, until("```"));
                    kind = null;
                } else if (line.startsWith("<!-- ")) {
                    comment(line, next);
                } else if (kind != null && !line.isBlank()) {
                    mistakes.add(path + ":" + next + ": no block follows the comment above");
                    kind = null;
                }
            }
        }

        private void comment(String first, int line) {
            var whole = first;
            if (!first.endsWith("-->")) {
                whole = first + "\n" + until("-->");
            }
            var match = COMMENT.matcher(whole);
            if (!match.matches()) {
                return;
            }
            var text = match.group(2).replaceFirst("\\s*-->\\s*$", "").strip();
            if (match.group(1).equals("run")) {
                steps.add(new Step(Kind.SHELL, line, "", text));
            } else {
                kind = match.group(1);
                note = text;
            }
        }

        private void block(String language, int line, String text) {
            var commands = language.equals("sh") || language.equals("console");
            if (!commands && !NO_COMMANDS.contains(language)) {
                mistakes.add(
                        path + ":" + (line - 1) + ": a block needs a language: sh, console, or one of " + NO_COMMANDS);
            } else if ("file".equals(kind)) {
                steps.add(new Step(Kind.FILE, line, note, text));
            } else if ("not run".equals(kind)) {
                if (note.length() < 8 || !commands) {
                    mistakes.add(path + ":" + (line - 1) + ": \"not run\" needs a reason and commands below it");
                }
                steps.add(new Step(Kind.NOT_RUN, line, note, text));
            } else if (commands) {
                steps.add(new Step(language.equals("sh") ? Kind.SHELL : Kind.CONSOLE, line, "", text));
            }
        }

        private String until(String end) {
            var text = new StringBuilder();
            while (next < lines.size()) {
                var line = lines.get(next++);
                if (line.strip().equals(end) || (end.equals("-->") && line.endsWith(end))) {
                    return text.append(line.endsWith("-->") && !line.strip().equals(end) ? line.replace("-->", "") : "")
                            .toString();
                }
                text.append(line).append('\n');
            }
            mistakes.add(path + ": a block or comment has no end");
            return text.toString();
        }
    }
}
