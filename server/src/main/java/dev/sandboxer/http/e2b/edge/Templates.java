package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.Snapshot;
import dev.sandboxer.lifecycle.Snapshots;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what E2B calls a template: a profile by its name ({@code base} is the consumer's default), or a snapshot. */
public final class Templates {
    private static final String BASE = "base";
    private static final String DEFAULT = ":default";
    /** The form of snapshot ids. */
    private static final Pattern SNAPSHOT = Pattern.compile("s[a-z0-9]{19}");

    private final ConsumerProfiles profiles;
    private final Snapshots snapshots;

    public Templates(ConsumerProfiles profiles, Snapshots snapshots) {
        this.profiles = profiles;
        this.snapshots = snapshots;
    }

    /**
     * What a sandbox is created from.
     *
     * @param snapshot null = the profile's own template
     */
    public record Start(Profile profile, @Nullable Snapshot snapshot) {}

    /**
     * Finds what a consumer may create a sandbox from.
     *
     * @throws E2bException 404
     * @throws SandboxException {@code PROFILE_NOT_ALLOWED}
     */
    public Start find(String consumer, String name) {
        return find(consumer, name, profiles.of(consumer));
    }

    private Start find(String consumer, String name, ProfileCatalogue catalogue) {
        // every template at E2B has this tag; but a snapshot may be called exactly so
        var plain = name.endsWith(DEFAULT) ? name.substring(0, name.length() - DEFAULT.length()) : name;
        return snapshots
                .find(consumer, name)
                .or(() -> snapshots.find(consumer, plain))
                .map(found -> new Start(profile(found.profile().value(), catalogue), found))
                .orElseGet(() -> new Start(profile(plain, catalogue), null));
    }

    /**
     * The id that sandboxes show as their template when they were made from this one, also when it is a snapshot that was
     * deleted since, or a profile that the consumer may use no more.
     *
     * @throws E2bException 404
     */
    public String id(String consumer, String name) {
        try {
            var isDefault = name.equals(BASE) || name.equals(BASE + DEFAULT);
            var start = find(consumer, name, isDefault ? profiles.of(consumer) : profiles.all());
            return start.snapshot() == null
                    ? start.profile().name().value()
                    : start.snapshot().id();
        } catch (E2bException e) {
            if (SNAPSHOT.matcher(name).matches()) {
                return name;
            }
            throw e;
        }
    }

    private static Profile profile(String name, ProfileCatalogue catalogue) {
        if (name.equals(BASE)) {
            return catalogue.defaultProfile();
        }
        try {
            return catalogue.get(name);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.UNKNOWN_PROFILE) {
                throw new E2bException(404, "template '" + name + "' not found");
            }
            throw e;
        }
    }

    /**
     * The profile of a sandbox, or the default profile when that one is no longer configured; with no longer time to live than
     * the sandbox's consumer may have.
     */
    public Profile of(Sandbox sandbox) {
        var catalogue = profiles.all();
        var found = catalogue.all().stream()
                .filter(profile -> profile.name().equals(sandbox.profile()))
                .findFirst()
                .orElseGet(catalogue::defaultProfile);
        return profiles.capped(sandbox.consumer(), found);
    }

    /** The id of the template that a sandbox was made from: a snapshot or a profile. */
    public static String idOf(Sandbox sandbox) {
        return sandbox.snapshot() == null ? sandbox.profile().value() : sandbox.snapshot();
    }

    /** The profiles that a consumer may use. */
    public ProfileCatalogue catalogue(String consumer) {
        return profiles.of(consumer);
    }
}
