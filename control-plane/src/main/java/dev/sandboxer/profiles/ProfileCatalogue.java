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

/** The profiles of this installation, or the part of them that one consumer may use. Immutable. */
public final class ProfileCatalogue {
    private final SortedMap<String, Profile> byName = new TreeMap<>();
    /** Existing profiles that may not be used. */
    private final Set<String> refused;

    private final ProfileName defaultName;
    private final TemplateNames templates;

    /** Creates a catalogue. Fails if two profiles have the same name, or if none has the default's name. */
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
        this.templates = TemplateNames.NONE;
        this.refused = Set.of();
    }

    private ProfileCatalogue(
            ProfileName defaultName, Collection<Profile> profiles, TemplateNames templates, Set<String> refused) {
        profiles.forEach(profile -> byName.put(profile.name().value(), profile));
        this.defaultName = defaultName;
        this.templates = templates;
        this.refused = refused;
    }

    /** Returns this catalogue with template names that clients may also use to request its profiles. */
    public ProfileCatalogue withTemplates(TemplateNames names) {
        return new ProfileCatalogue(defaultName, byName.values(), names, refused);
    }

    /** Returns the template names for which clients get one of these profiles. */
    public TemplateNames templates() {
        return templates;
    }

    /**
     * Returns the part of this catalogue that a consumer may use. Allowed profiles that don't exist any more are skipped.
     *
     * @param own the consumer's default; null = this catalogue's default if it is allowed, else the first allowed profile
     * @param allowed the allowed profiles; empty = all
     * @param longest the longest time to live; null = that of each profile
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
        return new ProfileCatalogue(own == null ? defaultAmong(allowed) : own, kept, templates, left);
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

    /** Returns true if a profile of that name exists, even if it may not be used. */
    public boolean has(String text) {
        return byName.containsKey(ProfileName.withPrefix(text)) || refused.contains(ProfileName.withPrefix(text));
    }

    /**
     * Returns the profile with the name that a user typed, with or without {@code profile.} in front.
     *
     * @throws SandboxException {@code UNKNOWN_PROFILE}, naming similar ones; {@code PROFILE_NOT_ALLOWED}, naming the allowed
     *     ones
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

    /** Returns all profiles by name. */
    public List<Profile> all() {
        return List.copyOf(byName.values());
    }

    /**
     * Returns the profile for requests that name none.
     *
     * @throws SandboxException {@code UNKNOWN_PROFILE} if it was removed; {@code PROFILE_NOT_ALLOWED} if it may not be used
     */
    public Profile defaultProfile() {
        return get(defaultName);
    }

    /** Returns the failure for a profile that the consumer may not use. */
    public static SandboxException notAllowed(ProfileName name, Collection<ProfileName> allowed) {
        return new SandboxException(
                ErrorCode.PROFILE_NOT_ALLOWED,
                name + " is not allowed for this consumer"
                        + (allowed.isEmpty() ? "; it may use none" : "; it may use " + ProfileName.list(allowed)));
    }

    /** Returns the failure for a name that no profile has. */
    public static SandboxException unknown(String text, Collection<ProfileName> known) {
        // Names are compared without the prefix "profile.", because with it any two names look similar.
        List<String> bare =
                known.stream().map(name -> withoutPrefix(name.value())).toList();
        List<String> nearest = Spelling.nearest(withoutPrefix(text), bare).stream()
                .map(ProfileName::withPrefix)
                .toList();
        String hint = nearest.isEmpty() ? "; list" : Spelling.didYouMean(nearest) + " List";
        return new SandboxException(
                ErrorCode.UNKNOWN_PROFILE,
                "profile " + Spelling.quoted(text) + " not found" + hint + " all with: sandboxer profiles");
    }

    private static String withoutPrefix(String name) {
        return name.startsWith(ProfileName.PREFIX) ? name.substring(ProfileName.PREFIX.length()) : name;
    }
}
