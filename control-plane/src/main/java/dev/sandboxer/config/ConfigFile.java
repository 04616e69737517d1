package dev.sandboxer.config;

import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.config.yaml.ConfigText;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import java.nio.file.Path;
import java.util.Collection;
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
            known = read(problems, Installed.ANYTHING);
            if (known == null) {
                throw problems.failure(path);
            }
            config = known;
        }
        return known;
    }

    /**
     * Reads the file anew and returns everything that is wrong with it, in its order. Only here is an extension that isn't
     * there a problem: machines may share a file that names more than one of them has.
     */
    public List<ConfigProblem> check(Collection<Extension> extensions) {
        return check(new Installed(extensions));
    }

    List<ConfigProblem> check(Installed installed) {
        Problems problems = new Problems(name());
        read(problems, installed);
        return problems.all();
    }

    private @Nullable Config read(Problems problems, Installed installed) {
        String text = ConfigText.read(path, problems);
        return text == null ? null : new ConfigReader(problems, installed).read(text, ConfigReader.builtIn());
    }

    private String name() {
        return String.valueOf(path.getFileName());
    }
}
