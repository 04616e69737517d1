package dev.sandboxer.config.yaml;

/** Thrown to stop reading a document that has too many values or levels. */
final class YamlLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String path;
    private final String problem;

    YamlLimitException(int line, int column, String path, String problem) {
        super(problem, null, false, false);
        this.line = line;
        this.column = column;
        this.path = path;
        this.problem = problem;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }

    String path() {
        return path;
    }

    String problem() {
        return problem;
    }
}
