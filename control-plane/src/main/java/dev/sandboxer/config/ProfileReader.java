package dev.sandboxer.config;

import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.config.units.Ports;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.profiles.Options;
import dev.sandboxer.profiles.OutOfCredit;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.profiles.Spelling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads one profile. */
final class ProfileReader {
    private static final List<String> KEYS = List.of(
            "description",
            "route",
            "policy",
            "templates",
            "cpu",
            "memory",
            "disk",
            "gpu",
            "ttl",
            "maxTtl",
            "network",
            "ports",
            "region",
            "requires",
            "images",
            "outOfCredit",
            "template",
            "start",
            "ready",
            "env",
            "credentials");

    private final Problems problems;
    private final Installed installed;
    private final Values values;

    ProfileReader(Problems problems, Installed installed) {
        this.problems = problems;
        this.installed = installed;
        this.values = new Values(problems);
    }

    /** Returns null after reporting what is wrong. */
    @Nullable Profile read(ProfileName name, Entry entry, String path) {
        Section section = new Section(entry.key(), entry.value(), path, KEYS, problems);
        String description = section.optional("description", ProfileReader::oneLine);
        Set<ExtensionId> routed = new TreeSet<>();
        List<ExtensionId> route = section.requiredList("route", text -> notYetIn(routed, text));
        Map<ExtensionId, String> templates = templates(section, routed);
        RoutePolicy policy = section.optional("policy", Words::routePolicy);
        SandboxSize size = size(section);
        Duration ttl = section.required("ttl", Durations::parsePositive);
        Duration maxTtl = section.required("maxTtl", Durations::parsePositive);
        Options options = options(section);
        Map<ExtensionId, String> credentials = credentials(section, routed);
        if (ttl != null && maxTtl != null && ttl.compareTo(maxTtl) > 0) {
            section.problem("ttl", Durations.format(ttl) + " is longer than maxTtl, " + Durations.format(maxTtl));
            return null;
        }
        if (route == null
                || !templates.keySet().containsAll(route)
                || size == null
                || ttl == null
                || maxTtl == null
                || options == null) {
            return null;
        }
        return Profile.builder(name, size)
                .description(Objects.requireNonNullElse(description, ""))
                .route(route)
                .policy(Objects.requireNonNullElse(policy, RoutePolicy.ORDER))
                .templates(templates)
                .credentials(credentials)
                .ttl(ttl)
                .maxTtl(maxTtl)
                .options(options)
                .build();
    }

    private static @Nullable SandboxSize size(Section section) {
        Integer cpu = section.required("cpu", Cpus::parseMillis);
        Integer memory = section.required("memory", Sizes::parseMiB);
        Integer disk = section.required("disk", Sizes::parseMiB);
        Gpu gpu = section.optional("gpu", Gpus::parse);
        return cpu == null || memory == null || disk == null ? null : new SandboxSize(cpu, memory, disk, gpu);
    }

    private @Nullable Options options(Section section) {
        NetworkRules network = new NetworkReader(problems).read(section);
        List<Integer> ports = section.optionalList("ports", Ports::parse);
        String region = section.optional("region", ProfileReader::oneLine);
        Set<Capability> requires = new TreeSet<>(section.optionalList("requires", Words::capability));
        if (NetworkReader.needsNetwork(section)) {
            requires.add(Capability.NETWORK_ALLOW);
        }
        OutOfCredit outOfCredit = section.optional("outOfCredit", Words::outOfCredit);
        List<String> images = section.optionalList("images", ProfileReader::image);
        Map<String, String> env = env(section);
        Launch launch = new LaunchReader(problems).read(section);
        String template = section.optional("template", ProfileReader::builtTemplate);
        return network == null || launch == null
                ? null
                : Options.NONE.toBuilder()
                        .network(network)
                        .env(env)
                        .ports(new TreeSet<>(ports))
                        .region(region)
                        .requires(requires)
                        .outOfCredit(Objects.requireNonNullElse(outOfCredit, OutOfCredit.KILL))
                        .images(images)
                        .launch(launch)
                        .template(template)
                        .build();
    }

    /** Reads names of credentials only: a key in a configuration file would be in each of its backups. */
    private Map<ExtensionId, String> credentials(Section section, Set<ExtensionId> routed) {
        Map<ExtensionId, String> credentials = new TreeMap<>();
        for (Entry entry : section.names("credentials")) {
            String path = YamlNode.join(
                    section.path("credentials"), Spelling.shortened(entry.key().value()));
            ExtensionId id = values.one(entry.key(), path, installed::id);
            String credential = values.one(entry.value(), path, ProfileReader::credential);
            if (id != null && !routed.contains(id)) {
                problems.add(entry.key(), path, id + " is not in the route");
            } else if (id != null && credential != null) {
                credentials.put(id, credential);
            }
        }
        return credentials;
    }

    private Map<ExtensionId, String> templates(Section section, Set<ExtensionId> routed) {
        Map<ExtensionId, String> templates = new TreeMap<>();
        Set<ExtensionId> named = new TreeSet<>();
        for (Entry entry : section.names("templates")) {
            String path = YamlNode.join(
                    section.path("templates"), Spelling.shortened(entry.key().value()));
            ExtensionId id = values.one(entry.key(), path, text -> installed(named, text));
            String template = values.one(entry.value(), path, text -> template(id, text));
            if (id != null && template != null) {
                templates.put(id, template);
            }
        }
        for (ExtensionId id : routed) {
            if (!named.contains(id)) {
                section.problem("templates", "names no template for " + id + ", which is in the route");
            }
        }
        return templates;
    }

    private Map<String, String> env(Section section) {
        Map<String, String> env = new TreeMap<>();
        for (Entry entry : section.names("env")) {
            String key = entry.key().value();
            String path = YamlNode.join(section.path("env"), Spelling.shortened(key));
            if (!key.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                problems.add(entry.key(), path, "is not a variable's name (letters, digits and _ only)");
            }
            if (entry.value() instanceof YamlNode.Text text && text.isNull()) {
                problems.add(text, path, "is empty; write \"\" for an empty text");
                continue;
            }
            String value = values.one(entry.value(), path, ProfileReader::variable);
            if (value != null) {
                env.put(key, value);
            }
        }
        return env;
    }

    private ExtensionId notYetIn(Set<ExtensionId> routed, String text) {
        ExtensionId id = new ExtensionId(text);
        if (routed.contains(id)) {
            throw new IllegalArgumentException(id + " is in the route twice");
        }
        return installed(routed, text);
    }

    /** Adds the id to the names even if it is not installed, so that what depends on it is not reported as well. */
    private ExtensionId installed(Set<ExtensionId> names, String text) {
        names.add(new ExtensionId(text));
        return installed.id(text);
    }

    private String template(@Nullable ExtensionId id, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is blank; expected a template's name");
        }
        String template = oneLine(text);
        return id == null ? template : installed.template(id, template);
    }

    private static String builtTemplate(String text) {
        if (!text.matches("[a-z0-9][a-z0-9._-]{0,127}(:[A-Za-z0-9][A-Za-z0-9._-]{0,127})?")) {
            throw new IllegalArgumentException("is not the name of a built template, NAME or NAME:TAG");
        }
        return text;
    }

    private static String credential(String text) {
        if (!text.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    "is not an id or name of a credential (never write the key itself here)");
        }
        return text;
    }

    private static String image(String text) {
        if (!text.matches("[A-Za-z0-9*][A-Za-z0-9._/:@*-]{0,254}")) {
            throw new IllegalArgumentException(
                    "is neither a container image nor a pattern for images (example: python:*)");
        }
        return text;
    }

    private static String oneLine(String text) {
        String stripped = text.strip();
        for (int i = 0; i < stripped.length(); i++) {
            if (Character.isISOControl(stripped.charAt(i))) {
                throw new IllegalArgumentException("must be one line without control characters");
            }
        }
        return stripped;
    }

    private static String variable(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("contains a NUL character, which is not allowed; remove it");
        }
        return text;
    }
}
