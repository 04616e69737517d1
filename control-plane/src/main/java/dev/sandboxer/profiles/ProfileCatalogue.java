package dev.sandboxer.profiles;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The profiles of this installation. Immutable. */
public final class ProfileCatalogue {
    private final SortedMap<String, Profile> byName = new TreeMap<>();
    private final Profile defaultProfile;

    /** Fails when two profiles have the same name, or none has the default's. */
    public ProfileCatalogue(ProfileName defaultName, Collection<Profile> profiles) {
        for (Profile profile : profiles) {
            if (byName.put(profile.name().value(), profile) != null) {
                throw new IllegalArgumentException("two profiles named " + profile.name());
            }
        }
        Profile found = byName.get(defaultName.value());
        if (found == null) {
            throw new IllegalArgumentException("the default profile " + defaultName + " is not among the profiles");
        }
        defaultProfile = found;
    }

    /**
     * The profile with the name that a person typed, with or without {@code profile.} in front.
     *
     * @throws SandboxException {@code UNKNOWN_PROFILE}, with the names that come nearest
     */
    public Profile get(String text) {
        Profile profile = byName.get(ProfileName.withPrefix(text));
        if (profile == null) {
            throw unknown(text, byName.values().stream().map(Profile::name).toList());
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

    public Profile defaultProfile() {
        return defaultProfile;
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
