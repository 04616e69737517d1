package dev.sandboxer.config.yaml;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file, to report all of them at once. */
public final class Problems {
    private static final int MAX_LINES = 50;

    private final String file;
    private final List<ConfigProblem> found = new ArrayList<>();

    public Problems(String file) {
        this.file = file;
    }

    public void add(YamlNode at, String path, String message) {
        add(at.line(), at.column(), path, message);
    }

    public void add(int line, int column, String path, String message) {
        found.add(new ConfigProblem(file, line, column, path, message));
    }

    /** Returns the problems in the order of the file. */
    public List<ConfigProblem> all() {
        return found.stream()
                .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                .toList();
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** Returns one {@code INVALID_CONFIG} failure with one line per problem. */
    public SandboxException failure(Path path) {
        StringBuilder lines = new StringBuilder();
        lines.append(path).append(found.size() == 1 ? " has a problem:" : " has " + found.size() + " problems:");
        all().stream().limit(MAX_LINES).forEach(problem -> lines.append("\n  ").append(problem));
        if (found.size() > MAX_LINES) {
            lines.append("\n  and ").append(found.size() - MAX_LINES).append(" more");
        }
        return new SandboxException(ErrorCode.INVALID_CONFIG, lines.toString());
    }
}
