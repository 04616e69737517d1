package dev.sandboxer.config;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the configuration file says, together with what is built in.
 *
 * @param profiles the built-in profiles, with those of the file added or in their place
 * @param extensions settings of those extensions that the file mentions
 * @param consumers limits of those consumers that the file mentions
 */
public record Config(
        ProfileCatalogue profiles,
        Map<ExtensionId, ExtensionSettings> extensions,
        Map<String, ConsumerLimits> consumers) {
    public Config {
        consumers = Map.copyOf(consumers);
        extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
    }

    public ExtensionSettings extension(ExtensionId id) {
        return extensions.getOrDefault(id, ExtensionSettings.DEFAULT);
    }
}
