package dev.sandboxer.config;

import dev.sandboxer.config.units.Decimal;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlReader;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.profiles.TemplateNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the text of a configuration file on top of a base configuration. */
final class ConfigReader {
    private static final List<String> KEYS = List.of(
            "defaultProfile",
            "profiles",
            "templates",
            "extensions",
            "consumers",
            "unsecuredSandboxes",
            "answerLimit",
            "host");
    private static final List<String> EXTENSION_KEYS = List.of("enabled", "creationsPerSecond", "sandboxes", "maxWait");
    private static final int MAX_PER_SECOND = 1000;

    private final Problems problems;
    private final Installed installed;
    private final Values values;

    ConfigReader(Problems problems, Installed installed) {
        this.problems = problems;
        this.installed = installed;
        this.values = new Values(problems);
    }

    /** Returns the configuration that comes with sand-boxer. */
    static Config builtIn() {
        Problems problems = new Problems("profiles.yaml");
        try (InputStream in = Profile.class.getResourceAsStream("profiles.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the built-in profiles.yaml is not on the class path");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Config config = new ConfigReader(problems, Installed.ANYTHING).read(text, null);
            if (config == null) {
                throw new IllegalStateException("the built-in profiles are invalid: " + problems.all());
            }
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a configuration. Returns null after reporting what is wrong.
     *
     * @param base applies where the text says nothing; null only for the built-in configuration
     */
    @Nullable Config read(String text, @Nullable Config base) {
        YamlNode root = text.isBlank() ? null : YamlReader.read(text, problems);
        if (root == null) {
            return problems.isEmpty() ? base : null;
        }
        Section section = new Section(root, root, "", KEYS, problems);
        Map<ProfileName, Profile> profiles = new TreeMap<>();
        if (base != null) {
            for (Profile profile : base.profiles().all()) {
                profiles.put(profile.name(), profile);
            }
        }
        Set<ProfileName> names = new TreeSet<>(profiles.keySet());
        names.addAll(readProfiles(section, profiles));
        ProfileName defaultProfile = defaultProfile(section, base, names);
        Map<ExtensionId, ExtensionSettings> extensions = extensions(section);
        Map<String, ConsumerLimits> consumers = consumers(section, names);
        TemplateNames templates = templates(section, names);
        UnsecuredSandboxes unsecured = section.optional("unsecuredSandboxes", UnsecuredSandboxes::parse);
        Integer answerLimit = section.optional("answerLimit", Sizes::parseMiB);
        HostReader host = HostReader.of(section, problems);
        if (!problems.isEmpty() || defaultProfile == null) {
            return null;
        }
        ProfileCatalogue catalogue = new ProfileCatalogue(defaultProfile, profiles.values())
                .withTemplates(
                        base == null
                                ? templates
                                : templates.orElse(base.profiles().templates()));
        return new Config(
                catalogue,
                extensions,
                consumers,
                Objects.requireNonNullElse(unsecured, UnsecuredSandboxes.LOOPBACK),
                Objects.requireNonNullElse(answerLimit, Config.ANSWER_MIB),
                host.reserve(),
                Optional.ofNullable(host.packages()));
    }

    private static @Nullable ProfileName defaultProfile(
            Section section, @Nullable Config base, Set<ProfileName> names) {
        if (section.node("defaultProfile") != null) {
            return section.optional("defaultProfile", name -> known(name, names));
        }
        if (base == null) {
            throw new IllegalStateException("there is no default profile");
        }
        return base.profiles().defaultProfile().name();
    }

    /** Adds the valid profiles to the map. Returns the names of all profiles, invalid ones included. */
    private Set<ProfileName> readProfiles(Section section, Map<ProfileName, Profile> profiles) {
        Set<ProfileName> names = new TreeSet<>();
        ProfileReader reader = new ProfileReader(problems, installed);
        for (Entry entry : section.names("profiles")) {
            String path = pathOf("profiles", entry);
            ProfileName name = values.one(entry.key(), path, ProfileName::parse);
            if (name == null) {
                continue;
            }
            if (!names.add(name)) {
                problems.add(entry.key(), path, name + " appears twice, with and without \"profile.\"");
            }
            Profile profile = reader.read(name, entry, path);
            if (profile != null) {
                profiles.put(name, profile);
            }
        }
        return names;
    }

    private TemplateNames templates(Section section, Set<ProfileName> names) {
        Map<String, ProfileName> templates = new LinkedHashMap<>();
        for (Entry entry : section.names("templates")) {
            String path = pathOf("templates", entry);
            String template = values.one(entry.key(), path, TemplateNames::requireName);
            ProfileName profile = values.one(entry.value(), path, name -> known(name, names));
            if (template != null && profile != null) {
                templates.put(template, profile);
            }
        }
        return new TemplateNames(templates);
    }

    private Map<ExtensionId, ExtensionSettings> extensions(Section section) {
        Map<ExtensionId, ExtensionSettings> extensions = new TreeMap<>();
        for (Entry entry : section.names("extensions")) {
            String path = pathOf("extensions", entry);
            ExtensionId id = values.one(entry.key(), path, installed::id);
            Section settings = new Section(entry.key(), entry.value(), path, EXTENSION_KEYS, problems);
            Boolean enabled = settings.optional("enabled", ConfigReader::bool);
            AccountLimit limit = limit(settings);
            if (id != null) {
                extensions.put(id, new ExtensionSettings(Objects.requireNonNullElse(enabled, true), limit));
            }
        }
        return extensions;
    }

    private static AccountLimit limit(Section settings) {
        Duration interval = settings.optional("creationsPerSecond", ConfigReader::interval);
        Integer sandboxes = settings.optional("sandboxes", ConfigReader::count);
        Duration maxWait = settings.optional("maxWait", Durations::parse);
        return new AccountLimit(
                interval, sandboxes, Objects.requireNonNullElse(maxWait, AccountLimit.DEFAULT_MAX_WAIT));
    }

    /** Returns the time between two creations at this rate per second. */
    private static Duration interval(String text) {
        Decimal rate = Decimal.isDecimal(text) ? Decimal.read(text) : null;
        if (rate == null || rate.whole() == 0 && rate.millionths() == 0 || rate.whole() > MAX_PER_SECOND) {
            throw new IllegalArgumentException(
                    Spelling.quoted(text) + " is not a number per second (examples: 0.5, 1, 5)");
        }
        long millionths = rate.whole() * Decimal.ONE + rate.millionths();
        return Duration.ofNanos(1_000_000_000L * Decimal.ONE / millionths);
    }

    private static int count(String text) {
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a number of sandboxes (example: 20)");
        }
        return Integer.parseInt(text);
    }

    private Map<String, ConsumerLimits> consumers(Section section, Set<ProfileName> names) {
        if (section.node("consumers") == null) {
            return Map.of();
        }
        Map<String, ConsumerLimits> consumers = new TreeMap<>();
        ConsumerReader reader = new ConsumerReader(problems, name -> known(name, names));
        for (Entry entry : section.names("consumers")) {
            String path = pathOf("consumers", entry);
            String name = values.one(entry.key(), path, Consumers::requireName);
            ConsumerLimits limits = reader.read(entry, path);
            if (name != null) {
                consumers.put(name, limits);
            }
        }
        return consumers;
    }

    private static ProfileName known(String text, Set<ProfileName> names) {
        return names.stream()
                .filter(name -> name.matches(text))
                .findFirst()
                .orElseThrow(() -> ProfileCatalogue.unknown(text, names));
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(Spelling.quoted(text) + " is neither true nor false");
        };
    }

    private static String pathOf(String section, Entry entry) {
        return YamlNode.join(section, Spelling.shortened(entry.key().value()));
    }
}
