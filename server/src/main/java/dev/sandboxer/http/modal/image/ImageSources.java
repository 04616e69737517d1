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

/** Decides which profile runs a container image, and whether its backend starts from the image or from a template. Thread-safe. */
public final class ImageSources {
    private final ConsumerProfiles profiles;
    private final ExtensionRegistry extensions;

    public ImageSources(ConsumerProfiles profiles, ExtensionRegistry extensions) {
        this.profiles = profiles;
        this.extensions = extensions;
    }

    /**
     * A profile that runs an image.
     *
     * @param image the container image that the backend starts from; null = it starts from the profile's template
     */
    record Source(Profile profile, @Nullable String image) {}

    /**
     * Finds the profile for an image: the one that the app is named after, else one that lists the image, else the default profile if
     * a backend of its route starts from images. Empty if none fits.
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
        var fallback = catalogue.defaultProfile();
        return takesImages(fallback) ? Optional.of(new Source(fallback, image)) : Optional.empty();
    }

    /** Returns a profile with the consumer's own limits applied. */
    Profile profile(String consumer, ProfileName name) {
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

    /** Explains why an image is not available, and lists those that are. */
    String refusal(String consumer, String image) {
        var offers = new ArrayList<String>();
        for (Profile profile : profiles.of(consumer).all()) {
            List<String> images = profile.options().images();
            if (!images.isEmpty()) {
                offers.add(String.join(", ", images) + " (" + profile.name() + ")");
            }
        }
        return "image " + image
                + " is not available on this server: no profile lists it, and no backend of the default profile starts"
                + " from container images. Available images: " + (offers.isEmpty() ? "none" : String.join("; ", offers))
                + ". Or name the app after a profile: "
                + String.join(
                        ", ",
                        profiles.of(consumer).all().stream()
                                .map(profile -> profile.name().value())
                                .toList());
    }

    /** Returns a reference without the default registry, and with a tag or digest. */
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
