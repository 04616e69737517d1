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

    /** Returns every profile of the installation. */
    public ProfileCatalogue all() {
        return all.get();
    }

    /** Returns the profiles that a consumer may use, with its own default and longest time to live. */
    public ProfileCatalogue of(String consumer) {
        return consumers.limits(consumer).applyTo(all());
    }

    /** Returns a profile with its times to live cut to the consumer's longest, even if the consumer may not use it any more. */
    public Profile capped(String consumer, Profile profile) {
        return consumers.limits(consumer).applyTo(profile);
    }
}
