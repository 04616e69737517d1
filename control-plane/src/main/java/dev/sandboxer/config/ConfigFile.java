package dev.sandboxer.config;

import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code config.yaml} in our home, which need not be there. Nothing is read before somebody asks, and then
 * once.
 *
 * <p>Thread-safe.
 */
public final class ConfigFile {
    private final Path path;
    private @Nullable Config config;

    public ConfigFile(Home home) {
        this.path = home.config();
    }

    public Path path() {
        return path;
    }

    /**
     * What the file says, together with what is built in.
     *
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public synchronized Config config() {
        Config known = config;
        if (known == null) {
            Problems problems = new Problems(name());
            known = read(problems);
            if (known == null) {
                throw problems.failure(path);
            }
            config = known;
        }
        return known;
    }

    /** Reads the file anew and returns everything that is wrong with it, in its order. */
    public List<ConfigProblem> check() {
        Problems problems = new Problems(name());
        read(problems);
        return problems.all();
    }

    private @Nullable Config read(Problems problems) {
        String text = ConfigText.read(path, problems);
        return text == null ? null : new ConfigReader(problems).read(text, ConfigReader.builtIn());
    }

    private String name() {
        return String.valueOf(path.getFileName());
    }
}
