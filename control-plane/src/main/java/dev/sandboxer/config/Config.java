package dev.sandboxer.config;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration: the settings of the file on top of the built-in ones.
 *
 * @param profiles the built-in profiles, extended or replaced by those of the file
 * @param extensions settings of the extensions that the file mentions
 * @param consumers limits of the consumers that the file mentions
 * @param unsecured where clients may create sandboxes without an access token
 * @param answerMiB how many MiB a server buffers at most of all answers in progress for one sandbox
 * @param host the resources that sandboxes leave to this host
 * @param packages a directory laid out like {@code /etc/apt} that names the sources of packages for builds; empty = no sources
 */
public record Config(
        ProfileCatalogue profiles,
        Map<ExtensionId, ExtensionSettings> extensions,
        Map<String, ConsumerLimits> consumers,
        UnsecuredSandboxes unsecured,
        int answerMiB,
        HostReserve host,
        Optional<Path> packages) {
    /** Enough for 300,000 names; a small part of what a server's memory and disk hold. */
    static final int ANSWER_MIB = 64;

    public Config {
        consumers = Map.copyOf(consumers);
        extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
    }

    public ExtensionSettings extension(ExtensionId id) {
        return extensions.getOrDefault(id, ExtensionSettings.DEFAULT);
    }
}
