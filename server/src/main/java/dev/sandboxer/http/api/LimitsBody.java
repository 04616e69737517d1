package dev.sandboxer.http.api;

import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.ProfileName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A consumer's limits as JSON; null and an empty list mean no limit. */
record LimitsBody(
        @Nullable String defaultProfile,
        @Nullable List<String> profiles,
        @Nullable Integer maxLive,
        @Nullable Integer maxCpuMillis,
        @Nullable Integer maxMemoryMiB,
        @Nullable String maxRate,
        @Nullable Long maxTtlMs) {
    static LimitsBody of(ConsumerLimits limits) {
        var profile = limits.defaultProfile();
        return new LimitsBody(
                profile == null ? null : profile.value(),
                limits.profiles().stream().map(ProfileName::value).toList(),
                limits.maxLive(),
                limits.maxCpuMillis(),
                limits.maxMemoryMiB(),
                limits.maxRate() == null ? null : CreationRates.format(limits.maxRate()),
                limits.maxTtl() == null ? null : (Long) limits.maxTtl().toMillis());
    }

    /**
     * Returns the limits.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    ConsumerLimits limits() {
        try {
            return new ConsumerLimits(
                    defaultProfile == null ? null : ProfileName.parse(defaultProfile),
                    profiles == null
                            ? List.of()
                            : profiles.stream().map(ProfileName::parse).toList(),
                    maxLive,
                    maxCpuMillis,
                    maxMemoryMiB,
                    maxRate == null ? null : CreationRates.parse(maxRate),
                    maxTtlMs == null ? null : Duration.ofMillis(maxTtlMs));
        } catch (IllegalArgumentException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
