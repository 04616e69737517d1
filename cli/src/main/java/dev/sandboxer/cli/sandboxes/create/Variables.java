package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.cli.command.Syntax;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The options {@code --env} and {@code --env-file}. Values of {@code --env} take precedence. */
public final class Variables {
    private final Syntax syntax;
    private final Map<String, String> environment;
    private final Supplier<List<String>> env;
    private final Supplier<@Nullable Path> file;

    /**
     * Declares the options.
     *
     * @param environment of this process; its variables may be passed on by name
     */
    public Variables(Syntax syntax, Map<String, String> environment) {
        this.syntax = syntax;
        this.environment = environment;
        env = syntax.options(
                "-e, --env", "KEY[=VALUE]", "Variable to set; without VALUE, your own is passed on. Repeatable.");
        file = syntax.file("--env-file", "FILE", "Read variables from this file, one per line, as for --env.");
    }

    /** Returns the variables. A variable without a value that this process does not have is left out. */
    public Map<String, String> get() {
        var variables = new LinkedHashMap<String, String>();
        var path = file.get();
        if (path != null) {
            EnvFile.read(path).forEach(line -> add(line, variables));
        }
        env.get().forEach(assignment -> add(assignment, variables));
        return variables;
    }

    private void add(String assignment, Map<String, String> variables) {
        var equals = assignment.indexOf('=');
        var name = equals < 0 ? assignment.strip() : assignment.substring(0, equals);
        var value = equals < 0 ? environment.get(name) : assignment.substring(equals + 1);
        if (name.isEmpty() || assignment.indexOf('\0') >= 0) {
            throw syntax.usageError("\"" + assignment + "\" is not KEY=VALUE or KEY");
        }
        if (value != null) {
            variables.put(name, value);
        }
    }
}
