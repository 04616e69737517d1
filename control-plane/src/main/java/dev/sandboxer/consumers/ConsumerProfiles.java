package dev.sandboxer.consumers;

import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.function.Supplier;

/** The profiles as each consumer sees them. Thread-safe if the catalogue's supplier is. */
public final class ConsumerProfiles {
    private final Supplier<ProfileCatalogue> all;
    private final Consumers consumers;

    /** @param all gives every profile of the installation */
    public ConsumerProfiles(Supplier<ProfileCatalogue> all, Consumers consumers) {
        this.all = all;
        this.consumers = consumers;
    }

    /** Every profile of the installation. */
    public ProfileCatalogue all() {
        return all.get();
    }

    /** The profiles that a consumer may use, with its default and no longer times to live than it may have. */
    public ProfileCatalogue of(String consumer) {
        return consumers.limits(consumer).applyTo(all());
    }

    /** A profile with no longer time to live than a consumer may have, whether it may still use it or not. */
    public Profile capped(String consumer, Profile profile) {
        return consumers.limits(consumer).applyTo(profile);
    }
}
