package dev.sandboxer.profiles;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The profiles of this installation, or those of them that somebody may use. Immutable. */
public final class ProfileCatalogue {
    private final SortedMap<String, Profile> byName = new TreeMap<>();
    /** Profiles that there are, and that may not be used. */
    private final Set<String> refused;

    private final ProfileName defaultName;

    /** Fails when two profiles have the same name, or none has the default's. */
    public ProfileCatalogue(ProfileName defaultName, Collection<Profile> profiles) {
        for (Profile profile : profiles) {
            if (byName.put(profile.name().value(), profile) != null) {
                throw new IllegalArgumentException("two profiles named " + profile.name());
            }
        }
        if (!byName.containsKey(defaultName.value())) {
            throw new IllegalArgumentException("the default profile " + defaultName + " is not among the profiles");
        }
        this.defaultName = defaultName;
        this.refused = Set.of();
    }

    private ProfileCatalogue(ProfileName defaultName, Collection<Profile> profiles, Set<String> refused) {
        profiles.forEach(profile -> byName.put(profile.name().value(), profile));
        this.defaultName = defaultName;
        this.refused = refused;
    }

    /**
     * The part of this catalogue that somebody may use. Names of profiles that there are no more are passed over.
     *
     * @param own the default; null = this catalogue's, or where that may not be used the first that may
     * @param allowed the profiles that may be used; empty = all
     * @param longest the longest time to live; null = each profile's
     */
    public ProfileCatalogue restricted(
            @Nullable ProfileName own, List<ProfileName> allowed, @Nullable Duration longest) {
        List<Profile> kept = new ArrayList<>();
        Set<String> left = new TreeSet<>();
        for (Profile profile : byName.values()) {
            if (allowed.isEmpty() || allowed.contains(profile.name())) {
                kept.add(longest == null ? profile : profile.withLongestTtl(longest));
            } else {
                left.add(profile.name().value());
            }
        }
        return new ProfileCatalogue(own == null ? defaultAmong(allowed) : own, kept, left);
    }

    private ProfileName defaultAmong(List<ProfileName> allowed) {
        if (allowed.isEmpty() || allowed.contains(defaultName)) {
            return defaultName;
        }
        return allowed.stream()
                .filter(name -> byName.containsKey(name.value()))
                .findFirst()
                .orElse(defaultName);
    }

    /**
     * The profile with the name that a person typed, with or without {@code profile.} in front.
     *
     * @throws SandboxException {@code UNKNOWN_PROFILE}, with the names that come nearest; {@code PROFILE_NOT_ALLOWED}, with
     *     those that may be used
     */
    public Profile get(String text) {
        Profile profile = byName.get(ProfileName.withPrefix(text));
        if (profile == null) {
            List<ProfileName> names =
                    byName.values().stream().map(Profile::name).toList();
            throw refused.contains(ProfileName.withPrefix(text))
                    ? notAllowed(ProfileName.parse(text), names)
                    : unknown(text, names);
        }
        return profile;
    }

    public Profile get(ProfileName name) {
        return get(name.value());
    }

    /** All profiles, by name. */
    public List<Profile> all() {
        return List.copyOf(byName.values());
    }

    /**
     * The profile of those who name none.
     *
     * @throws SandboxException {@code UNKNOWN_PROFILE} or {@code PROFILE_NOT_ALLOWED} when it was removed, or may not be used
     */
    public Profile defaultProfile() {
        return get(defaultName);
    }

    /** The failure to use a profile that is for others. */
    public static SandboxException notAllowed(ProfileName name, Collection<ProfileName> allowed) {
        return new SandboxException(
                ErrorCode.PROFILE_NOT_ALLOWED,
                name + " is not allowed to this consumer"
                        + (allowed.isEmpty()
                                ? ", and no other profile is"
                                : "; it may use " + ProfileName.list(allowed)));
    }

    /** The failure to find a profile under the name that a person typed. */
    public static SandboxException unknown(String text, Collection<ProfileName> known) {
        // Compared without the prefix: it would make every two names look alike.
        List<String> bare =
                known.stream().map(name -> withoutPrefix(name.value())).toList();
        List<String> nearest = Spelling.nearest(withoutPrefix(text), bare).stream()
                .map(ProfileName::withPrefix)
                .toList();
        String hint = nearest.isEmpty() ? ";" : Spelling.didYouMean(nearest);
        return new SandboxException(
                ErrorCode.UNKNOWN_PROFILE,
                "unknown profile " + Spelling.quoted(text) + hint + " `sandboxer profiles` lists all");
    }

    private static String withoutPrefix(String name) {
        return name.startsWith(ProfileName.PREFIX) ? name.substring(ProfileName.PREFIX.length()) : name;
    }
}
