package dev.sandboxer.config;

import dev.sandboxer.config.units.Decimal;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.profiles.Spelling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings for this host, below the key {@code host}.
 *
 * @param reserve the resources that sandboxes leave to the host
 * @param packages a directory laid out like {@code /etc/apt} that names the sources of packages for builds; null = no sources
 */
record HostReader(HostReserve reserve, @Nullable Path packages) {
    private static final List<String> KEYS =
            List.of("reserveMemory", "reserveDisk", "reserveProcesses", "overcommit", "packages");
    private static final int MAX_OVERCOMMIT = 1000;

    /** @param config the whole file */
    static HostReader of(Section config, Problems problems) {
        YamlNode node = config.node("host");
        if (node == null) {
            return new HostReader(HostReserve.DEFAULT, null);
        }
        Section host = new Section(node, node, "host", KEYS, problems);
        HostReserve reserve = new HostReserve(
                host.optional("reserveMemory", Sizes::parseMiB),
                host.optional("reserveDisk", Sizes::parseMiB),
                host.optional("reserveProcesses", HostReader::processes),
                Objects.requireNonNullElse(
                        host.optional("overcommit", HostReader::factor), HostReserve.DEFAULT.overcommit()));
        return new HostReader(reserve, host.optional("packages", HostReader::aptDirectory));
    }

    private static Path aptDirectory(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute() || !Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    Spelling.quoted(text) + " is not the path of a directory laid out as /etc/apt (example: /etc/apt)");
        }
        return path;
    }

    private static int processes(String text) {
        if (!text.matches("[0-9]{1,8}")) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a number of processes (example: 4096)");
        }
        return Integer.parseInt(text);
    }

    private static double factor(String text) {
        Decimal factor = Decimal.isDecimal(text) ? Decimal.read(text) : null;
        if (factor == null || factor.whole() == 0 && factor.millionths() == 0 || factor.whole() > MAX_OVERCOMMIT) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a factor above 0 and up to "
                    + MAX_OVERCOMMIT + " (examples: 1, 1.5, 16)");
        }
        return factor.whole() + (double) factor.millionths() / Decimal.ONE;
    }
}
