package dev.sandboxer.http.modal.image;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.routing.ExtensionRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what a sandbox starts from that is to run a container image. Thread-safe. */
public final class ImageSources {
    private final ConsumerProfiles profiles;
    private final ExtensionRegistry extensions;

    public ImageSources(ConsumerProfiles profiles, ExtensionRegistry extensions) {
        this.profiles = profiles;
        this.extensions = extensions;
    }

    /**
     * A profile, and how it stands for an image.
     *
     * @param image the image that a backend is to start from; null = the profile's own template stands for it
     */
    record Source(Profile profile, @Nullable String image) {}

    /**
     * What stands for the image in an app; empty when nothing can. A profile that the app is named after, or else the default one,
     * passes the image on where a backend of its route starts from images.
     */
    Optional<Source> find(String consumer, String app, String image) {
        var catalogue = profiles.of(consumer);
        var named = named(catalogue, app);
        if (named.isPresent()) {
            var profile = named.get();
            return Optional.of(new Source(profile, takesImages(profile) ? image : null));
        }
        var plain = normalised(image);
        var mapped =
                catalogue.all().stream().filter(profile -> profile.isFor(plain)).findFirst();
        if (mapped.isPresent()) {
            return Optional.of(new Source(mapped.get(), null));
        }
        var usual = catalogue.defaultProfile();
        return takesImages(usual) ? Optional.of(new Source(usual, image)) : Optional.empty();
    }

    /** The profile of sandboxes that start from a snapshot; with less time to live than it has, if its consumer has less. */
    Profile of(String consumer, ProfileName name) {
        return profiles.of(consumer).get(name);
    }

    private static Optional<Profile> named(ProfileCatalogue catalogue, String app) {
        return catalogue.all().stream()
                .filter(profile -> profile.name().matches(app))
                .findFirst();
    }

    private boolean takesImages(Profile profile) {
        return extensions.all().stream()
                .anyMatch(extension -> profile.route().contains(extension.id())
                        && extension.capabilities().contains(Capability.IMAGE));
    }

    /** Why an image can't be had, and what can. */
    String refusal(String consumer, String image) {
        var offers = new ArrayList<String>();
        for (Profile profile : profiles.of(consumer).all()) {
            List<String> images = profile.options().images();
            if (!images.isEmpty()) {
                offers.add(String.join(", ", images) + " (" + profile.name() + ")");
            }
        }
        return "no image " + image
                + " on this server: no profile stands for it, and no backend of the default profile starts"
                + " from container images. Images here: " + (offers.isEmpty() ? "none" : String.join("; ", offers))
                + ". Or name the app after a profile: "
                + String.join(
                        ", ",
                        profiles.of(consumer).all().stream()
                                .map(profile -> profile.name().value())
                                .toList());
    }

    /** A reference without the parts that mean the usual registry, and always with a tag or digest. */
    static String normalised(String image) {
        var plain = image;
        for (String prefix : List.of("docker.io/", "index.docker.io/", "library/")) {
            if (plain.startsWith(prefix)) {
                plain = plain.substring(prefix.length());
            }
        }
        return plain.indexOf('@') >= 0 || plain.lastIndexOf(':') > plain.lastIndexOf('/') ? plain : plain + ":latest";
    }
}
