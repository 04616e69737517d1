package dev.sandboxer.config;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Ports;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a profile's start command and readiness check. */
record LaunchReader(Problems problems) {
    private static final List<String> KEYS = List.of("command", "port", "url", "within");

    /** Returns null after reporting what is wrong. */
    @Nullable Launch read(Section profile) {
        String command = profile.optional("start", LaunchReader::line);
        var node = profile.node("ready");
        if (node == null) {
            return profile.node("start") != null && command == null ? null : new Launch(command, null);
        }
        Section section = new Section(node, node, profile.path("ready"), KEYS, problems);
        Probe byCommand = section.optional("command", text -> Probe.Command.line(line(text)));
        Probe byPort = section.optional("port", text -> new Probe.Port(Ports.parse(text)));
        Probe byUrl = section.optional("url", Probe.Url::parse);
        Duration within = section.optional("within", LaunchReader::limit);
        List<String> named = Stream.of("command", "port", "url")
                .filter(key -> section.node(key) != null)
                .toList();
        if (named.size() != 1) {
            profile.problem("ready", "needs exactly one of command, port and url");
            return null;
        }
        Probe probe = byCommand != null ? byCommand : byPort != null ? byPort : byUrl;
        return probe == null
                ? null
                : new Launch(
                        command, new ReadyCheck(probe, Objects.requireNonNullElse(within, ReadyCheck.DEFAULT_LIMIT)));
    }

    private static Duration limit(String text) {
        Duration limit = Durations.parsePositive(text);
        if (limit.compareTo(ReadyCheck.MAX_LIMIT) > 0) {
            throw new IllegalArgumentException("is longer than " + Durations.format(ReadyCheck.MAX_LIMIT));
        }
        return limit;
    }

    private static String line(String text) {
        if (text.isBlank() || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("is not a command for a shell (example: python3 -m http.server 8000)");
        }
        return text;
    }
}
