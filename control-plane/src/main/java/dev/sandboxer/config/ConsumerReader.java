package dev.sandboxer.config;

import dev.sandboxer.config.units.Counts;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.ProfileName;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the limits of one consumer. */
final class ConsumerReader {
    private static final List<String> KEYS =
            Stream.of(Limit.values()).map(Limit::key).toList();

    private final Problems problems;
    private final Function<String, ProfileName> profile;

    /** @param profile finds a profile by the name that a person wrote */
    ConsumerReader(Problems problems, Function<String, ProfileName> profile) {
        this.problems = problems;
        this.profile = profile;
    }

    /** Returns the limits. A wrong value is reported and becomes no limit. */
    ConsumerLimits read(Entry entry, String path) {
        Section section = new Section(entry.key(), entry.value(), path, KEYS, problems);
        List<ProfileName> profiles = section.node(Limit.PROFILES.key()) == null
                ? List.of()
                : section.requiredList(Limit.PROFILES.key(), profile);
        ConsumerLimits limits = new ConsumerLimits(
                optional(section, Limit.DEFAULT_PROFILE, profile),
                Objects.requireNonNullElse(profiles, List.of()),
                optional(section, Limit.MAX_LIVE, Counts::parse),
                optional(section, Limit.MAX_CPU, Cpus::parseMillis),
                optional(section, Limit.MAX_MEMORY, Sizes::parseMiB),
                optional(section, Limit.MAX_RATE, CreationRates::parse),
                optional(section, Limit.MAX_TTL, Durations::parsePositive));
        try {
            limits.requireConsistent();
        } catch (SandboxException e) {
            section.problem(Limit.DEFAULT_PROFILE.key(), String.valueOf(e.getMessage()));
        }
        return limits;
    }

    private static <T> @Nullable T optional(Section section, Limit limit, Function<String, T> reading) {
        return section.optional(limit.key(), reading);
    }
}
