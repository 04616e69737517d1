package dev.sandboxer.consumers;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a consumer. Null means no limit.
 *
 * @param defaultProfile the profile of a request that names none; null = the installation's default
 * @param profiles the allowed profiles; empty = all
 * @param maxLive how many of its sandboxes may be live (not ended) at once, 0 or more
 * @param maxCpuMillis thousandths of CPUs of all its sandboxes together
 * @param maxMemoryMiB memory of all its sandboxes together
 * @param maxRate how fast it may create sandboxes
 * @param maxTtl the longest time to live of a sandbox
 */
public record ConsumerLimits(
        @Nullable ProfileName defaultProfile,
        List<ProfileName> profiles,
        @Nullable Integer maxLive,
        @Nullable Integer maxCpuMillis,
        @Nullable Integer maxMemoryMiB,
        @Nullable CreationRate maxRate,
        @Nullable Duration maxTtl) {
    /** No limit at all. */
    public static final ConsumerLimits NONE = new ConsumerLimits(null, List.of(), null, null, null, null, null);

    public ConsumerLimits {
        profiles = List.copyOf(profiles);
        if (maxLive != null && maxLive < 0) {
            throw new IllegalArgumentException("a number of live sandboxes can't be negative");
        }
        if (maxCpuMillis != null && maxCpuMillis < 1 || maxMemoryMiB != null && maxMemoryMiB < 1) {
            throw new IllegalArgumentException("a limit on CPUs or memory must be above 0");
        }
        if (maxTtl != null && maxTtl.toMillis() < 1) {
            throw new IllegalArgumentException("the longest time to live must be at least 1 ms");
        }
    }

    /** Returns the limits that are set. */
    public Set<Limit> set() {
        var set = EnumSet.noneOf(Limit.class);
        for (Limit limit : Limit.values()) {
            if (isSet(limit)) {
                set.add(limit);
            }
        }
        return set;
    }

    private boolean isSet(Limit limit) {
        return switch (limit) {
            case DEFAULT_PROFILE -> defaultProfile != null;
            case PROFILES -> !profiles.isEmpty();
            case MAX_LIVE -> maxLive != null;
            case MAX_CPU -> maxCpuMillis != null;
            case MAX_MEMORY -> maxMemoryMiB != null;
            case MAX_RATE -> maxRate != null;
            case MAX_TTL -> maxTtl != null;
        };
    }

    /** Returns a copy that takes the limits in {@code which} from {@code others}. A limit that is unset there becomes unset. */
    public ConsumerLimits with(ConsumerLimits others, Set<Limit> which) {
        return new ConsumerLimits(
                which.contains(Limit.DEFAULT_PROFILE) ? others.defaultProfile : defaultProfile,
                which.contains(Limit.PROFILES) ? others.profiles : profiles,
                which.contains(Limit.MAX_LIVE) ? others.maxLive : maxLive,
                which.contains(Limit.MAX_CPU) ? others.maxCpuMillis : maxCpuMillis,
                which.contains(Limit.MAX_MEMORY) ? others.maxMemoryMiB : maxMemoryMiB,
                which.contains(Limit.MAX_RATE) ? others.maxRate : maxRate,
                which.contains(Limit.MAX_TTL) ? others.maxTtl : maxTtl);
    }

    /** Returns true if a creation or resumption has to be checked against what the consumer already uses. */
    public boolean limitsUsage() {
        return maxLive != null || maxCpuMillis != null || maxMemoryMiB != null || maxRate != null;
    }

    /** Returns the catalogue as this consumer sees it: the allowed profiles, with its own default and longest time to live. */
    public ProfileCatalogue applyTo(ProfileCatalogue all) {
        return all.restricted(defaultProfile, profiles, maxTtl);
    }

    /** Returns the profile with its times to live cut to this consumer's longest. */
    public Profile applyTo(Profile profile) {
        return maxTtl == null ? profile : profile.withLongestTtl(maxTtl);
    }

    /**
     * Fails unless the consumer may use the profile.
     *
     * @throws SandboxException {@code PROFILE_NOT_ALLOWED}, naming the allowed ones
     */
    public void requireAllowed(ProfileName profile) {
        if (!profiles.isEmpty() && !profiles.contains(profile)) {
            throw ProfileCatalogue.notAllowed(profile, profiles);
        }
    }

    /**
     * Fails if the default profile is not among the allowed ones.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public void requireConsistent() {
        if (defaultProfile != null && !profiles.isEmpty() && !profiles.contains(defaultProfile)) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the default " + defaultProfile + " is not among the allowed profiles, "
                            + ProfileName.list(profiles));
        }
    }
}
