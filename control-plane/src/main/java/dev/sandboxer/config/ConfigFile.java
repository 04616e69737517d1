package dev.sandboxer.config;

import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.config.yaml.ConfigText;
import dev.sandboxer.config.yaml.FileValue;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The optional file {@code config.yaml} in the home. It is read on first use, and again only by {@link #refresh}.
 *
 * <p>Thread-safe.
 */
public final class ConfigFile {
    private final Path path;
    private final FileValue<Config> config;

    public ConfigFile(Home home) {
        this.path = home.config();
        this.config = new FileValue<>(path, this::read);
    }

    public Path path() {
        return path;
    }

    /**
     * Returns the configuration: the settings of the file on top of the built-in ones.
     *
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public Config config() {
        return config.get();
    }

    private Config read() {
        Problems problems = new Problems(name());
        Config read = read(problems, Installed.ANYTHING);
        if (read == null) {
            throw problems.failure(path);
        }
        return read;
    }

    /**
     * Reads the file again if it was read before and has changed since.
     *
     * @return true if the file was read again
     * @throws SandboxException {@code INVALID_CONFIG}, once for each change; the previous configuration stays in force
     */
    public boolean refresh() {
        return config.refresh();
    }

    /**
     * Reads the file again and returns all its problems, in the order of the file. Unlike {@link #config}, this reports
     * extensions that are not installed: machines with different extensions may share one file.
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
