package dev.sandboxer.templates;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One step of a build. Its effects apply to later steps and to sandboxes from the template. */
public sealed interface Step {
    /** Returns the step as the log shows it. */
    String text();

    /**
     * Runs a shell command line.
     *
     * @param user null = the user that earlier steps set
     */
    record Run(String line, @Nullable String user) implements Step {
        @Override
        public String text() {
            return "RUN " + line;
        }
    }

    /**
     * Copies files.
     *
     * @param source a path or a pattern, relative to the directory of the build
     * @param destination relative to the working directory; a directory if it ends with a slash
     * @param user owner of the copies; null = the user that earlier steps set
     * @param mode permission bits in octal; null = as in the archive
     * @param content identifies the files, see {@link BuildFiles}
     */
    record Copy(
            String source,
            String destination,
            @Nullable String user,
            @Nullable String mode,
            String content) implements Step {
        @Override
        public String text() {
            return "COPY " + source + " " + destination;
        }
    }

    /** Sets environment variables. Their values may refer to others, such as {@code $PATH}. */
    record Env(Map<String, String> variables) implements Step {
        public Env {
            variables = new LinkedHashMap<>(variables);
        }

        @Override
        public String text() {
            return variables.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(" ", "ENV ", ""));
        }
    }

    /**
     * Sets the working directory of later processes, and creates it if it doesn't exist.
     *
     * @param path null = the user's home
     */
    record Workdir(@Nullable String path) implements Step {
        @Override
        public String text() {
            return "WORKDIR " + (path == null ? "~" : path);
        }
    }

    /**
     * Sets the user of later processes.
     *
     * @param name null = the backend's default
     */
    record User(@Nullable String name) implements Step {
        @Override
        public String text() {
            return "USER " + (name == null ? "(default)" : name);
        }
    }
}
