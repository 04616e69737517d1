package dev.sandboxer.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that all of it can be reported at once. */
final class Problems {
    private final String file;
    private final List<ConfigProblem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(YamlNode at, String path, String message) {
        add(at.line(), at.column(), path, message);
    }

    void add(int line, int column, String path, String message) {
        found.add(new ConfigProblem(file, line, column, path, message));
    }

    /** In the order of the file. */
    List<ConfigProblem> all() {
        return found.stream()
                .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                .toList();
    }

    boolean isEmpty() {
        return found.isEmpty();
    }
}
