package dev.sandboxer.cli.access;

import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.profiles.ProfileName;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's limits as JSON; null = no limit.
 *
 * @param fromConfig keys of the limits that {@code config.yaml} sets
 */
record LimitsView(
        @Nullable String defaultProfile,
        @Nullable List<String> profiles,
        @Nullable Integer maxLive,
        @Nullable Integer maxCpuMillis,
        @Nullable Integer maxMemoryMiB,
        @Nullable String maxRate,
        @Nullable Long maxTtlMs,
        List<String> fromConfig) {
    static LimitsView of(ConsumerLimits limits, Set<Limit> declared) {
        return new LimitsView(
                limits.defaultProfile() == null ? null : limits.defaultProfile().value(),
                limits.profiles().isEmpty()
                        ? null
                        : limits.profiles().stream().map(ProfileName::value).toList(),
                limits.maxLive(),
                limits.maxCpuMillis(),
                limits.maxMemoryMiB(),
                limits.maxRate() == null ? null : CreationRates.format(limits.maxRate()),
                limits.maxTtl() == null ? null : (Long) limits.maxTtl().toMillis(),
                declared.stream().map(Limit::key).toList());
    }
}
