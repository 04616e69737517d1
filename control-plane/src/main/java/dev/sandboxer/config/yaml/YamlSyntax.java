package dev.sandboxer.config.yaml;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/** Reports what the YAML parser refused, with line and column, in plain words. */
final class YamlSyntax {
    private YamlSyntax() {}

    static void report(RuntimeException failure, String text, Problems problems) {
        switch (failure) {
            case MarkedYamlEngineException marked -> marked(marked, problems);
            case ReaderException reader -> unprintable(reader, text, problems);
            default -> problems.add(0, 0, "", "is not YAML: " + firstLine(String.valueOf(failure.getMessage())));
        }
    }

    private static void marked(MarkedYamlEngineException failure, Problems problems) {
        Optional<Mark> mark = failure.getProblemMark().or(failure::getContextMark);
        int line = mark.map(Mark::getLine).orElse(-1) + 1;
        int column = mark.map(Mark::getColumn).orElse(-1) + 1;
        String context = failure.getContext() == null ? "" : firstLine(failure.getContext()) + ": ";
        problems.add(line, column, "", "is not YAML: " + context + firstLine(failure.getProblem()));
    }

    private static void unprintable(ReaderException failure, String text, Problems problems) {
        int position = Math.min(failure.getPosition(), text.codePointCount(0, text.length()));
        String before = text.substring(0, text.offsetByCodePoints(0, position));
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        int column = 1 + before.codePointCount(lineStart, before.length());
        String code = String.format("U+%04X", failure.getCodePoint());
        problems.add(line, column, "", "is not YAML: the character " + code + " is not allowed");
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
