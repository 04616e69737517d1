package dev.sandboxer.cli.access;

import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.quotas.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Describes a consumer's limits and its usage of them, in lines of at most 80 columns. */
record LimitsText(ConsumerLimits limits, Set<Limit> declared, Usage used) {
    private static final String NO_LIMIT = "no limit";
    private static final int WIDTH = 80;
    private static final int NAME_WIDTH = 12;

    /** Returns a line with a name and a value, aligned with the others. */
    static String line(String name, Object value) {
        return String.format("%-" + NAME_WIDTH + "s %s", name, value);
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        var byDefault = limits.defaultProfile();
        lines.add(
                line("default", byDefault == null ? "the installation's" : byDefault + source(Limit.DEFAULT_PROFILE)));
        lines.addAll(profiles());
        lines.add(of("live", used.live(), limits.maxLive(), Integer::toString, Limit.MAX_LIVE));
        lines.add(of("CPUs", used.cpuMillis(), limits.maxCpuMillis(), Cpus::format, Limit.MAX_CPU));
        lines.add(of("memory", used.memoryMiB(), limits.maxMemoryMiB(), Sizes::formatMiB, Limit.MAX_MEMORY));
        var rate = limits.maxRate();
        lines.add(line("creations", rate == null ? NO_LIMIT : CreationRates.format(rate) + source(Limit.MAX_RATE)));
        var ttl = limits.maxTtl();
        lines.add(line("longest TTL", ttl == null ? "the profile's" : Durations.format(ttl) + source(Limit.MAX_TTL)));
        return lines;
    }

    private String of(String name, long use, @Nullable Integer most, IntFunction<String> format, Limit limit) {
        var now = format.apply((int) Math.min(use, Integer.MAX_VALUE));
        return line(name, most == null ? now + ", " + NO_LIMIT : now + " of " + format.apply(most) + source(limit));
    }

    /** Returns where a limit is configured if commands can't change it; empty for other limits. */
    private String source(Limit limit) {
        return declared.contains(limit) ? " (config.yaml)" : "";
    }

    private List<String> profiles() {
        var names = limits.profiles();
        if (names.isEmpty()) {
            return List.of(line("profiles", "all"));
        }
        var lines = new ArrayList<String>();
        var text = new StringBuilder();
        for (String word : (ProfileName.list(names) + source(Limit.PROFILES)).split(" ")) {
            if (!text.isEmpty() && NAME_WIDTH + 1 + text.length() + 1 + word.length() > WIDTH) {
                lines.add(line(lines.isEmpty() ? "profiles" : "", text));
                text.setLength(0);
            }
            text.append(text.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line(lines.isEmpty() ? "profiles" : "", text));
        return lines;
    }
}
