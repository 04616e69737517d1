package dev.sandboxer.http.e2b;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.Sandbox;
import dev.sandboxer.lifecycle.Snapshot;
import dev.sandboxer.lifecycle.Snapshots;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What E2B calls a template: the name of a profile ({@code base} is the default one), or a snapshot. */
final class Templates {
    private static final String BASE = "base";

    private final Supplier<ProfileCatalogue> profiles;
    private final Snapshots snapshots;

    Templates(Supplier<ProfileCatalogue> profiles, Snapshots snapshots) {
        this.profiles = profiles;
        this.snapshots = snapshots;
    }

    /**
     * What a sandbox is made by.
     *
     * @param snapshot null = the profile's own template
     */
    record Start(Profile profile, @Nullable Snapshot snapshot) {}

    /**
     * @throws E2bException 404
     */
    Start find(String consumer, String name) {
        var plain = name.endsWith(":default") ? name.substring(0, name.lastIndexOf(':')) : name;
        var snapshot = snapshots.find(consumer, plain);
        if (snapshot.isPresent()) {
            return new Start(profile(snapshot.get().profile().value()), snapshot.get());
        }
        return new Start(profile(plain), null);
    }

    private Profile profile(String name) {
        var catalogue = profiles.get();
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

    /** The profile that a sandbox was made by, or the default one when it is no longer there: its cap then holds. */
    Profile of(Sandbox sandbox) {
        var catalogue = profiles.get();
        return catalogue.all().stream()
                .filter(profile -> profile.name().equals(sandbox.profile()))
                .findFirst()
                .orElseGet(catalogue::defaultProfile);
    }

    ProfileCatalogue catalogue() {
        return profiles.get();
    }
}
