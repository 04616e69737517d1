package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.units.Words;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ProfilesCommand extends Command {
    private final Supplier<@Nullable String> consumer =
            syntax.option("--consumer", "NAME", "Only profiles that this consumer may use, with its default.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public ProfilesCommand(Context context) {
        super(context, "List the profiles that sandboxes can be created from.");
    }

    /** A profile as JSON. */
    record View(
            String name,
            boolean isDefault,
            String description,
            List<String> route,
            Map<String, String> templates,
            int cpuMillis,
            int memoryMiB,
            int diskMiB,
            long ttlMs,
            long maxTtlMs,
            String network,
            List<String> allow,
            List<String> deny,
            @Nullable String start,
            @Nullable String ready,
            @Nullable Long readyWithinMs) {}

    @Override
    public Integer call() {
        var catalogue = catalogue();
        var defaultName = catalogue.defaultProfile().name();
        if (json.get()) {
            console.print(JsonOutput.text(catalogue.all().stream()
                    .map(profile -> view(profile, profile.name().equals(defaultName)))
                    .toList()));
            return 0;
        }
        var table = new Table("PROFILE", "CPU", "MEMORY", "DISK", "TTL", "MAX", "NETWORK", "ROUTE");
        for (Profile profile : catalogue.all()) {
            table.rowWithRemark(
                    remark(profile),
                    profile.name().value() + (profile.name().equals(defaultName) ? " *" : ""),
                    Cpus.format(profile.size().cpuMillis()),
                    Sizes.formatMiB(profile.size().memoryMiB()),
                    Sizes.formatMiB(profile.size().diskMiB()),
                    Durations.format(profile.ttl()),
                    Durations.format(profile.maxTtl()),
                    network(profile.network()),
                    route(profile));
        }
        table.print(console);
        return 0;
    }

    /** Returns the profile's description, template, start command and ready check in one line. */
    private static String remark(Profile profile) {
        var launch = profile.options().launch();
        var parts = new ArrayList<String>();
        if (!profile.description().isEmpty()) {
            parts.add(profile.description());
        }
        if (profile.options().template() != null) {
            parts.add("from: " + profile.options().template());
        }
        if (launch.command() != null) {
            parts.add("starts: " + launch.command());
        }
        var check = launch.ready();
        if (check != null) {
            parts.add("ready: " + check.probe().text() + ", within " + Durations.format(check.within()));
        }
        return String.join("; ", parts);
    }

    private ProfileCatalogue catalogue() {
        var name = consumer.get();
        return name == null
                ? installation.config().config().profiles()
                : sandboxer()
                        .consumerProfiles()
                        .of(sandboxer().consumers().get(name).id());
    }

    /** Returns the extensions' ids without their common prefix. */
    private static String route(Profile profile) {
        return String.join(
                " > ",
                profile.route().stream()
                        .map(id -> id.value().replaceFirst("^ext\\.", ""))
                        .toList());
    }

    /** Returns the policy, in the words of the configuration, and the number of rules. The rules themselves are in the JSON. */
    private static String network(NetworkRules rules) {
        var byDefault = Words.text(rules.byDefault());
        var exceptions = rules.allow().size() + rules.deny().size();
        return exceptions == 0 ? byDefault : byDefault + ", " + exceptions + (exceptions == 1 ? " rule" : " rules");
    }

    private static View view(Profile profile, boolean isDefault) {
        var templates = new TreeMap<String, String>();
        var launch = profile.options().launch();
        var check = launch.ready();
        profile.templates().forEach((extension, template) -> templates.put(extension.value(), template));
        return new View(
                profile.name().value(),
                isDefault,
                profile.description(),
                profile.route().stream().map(id -> id.value()).toList(),
                templates,
                profile.size().cpuMillis(),
                profile.size().memoryMiB(),
                profile.size().diskMiB(),
                profile.ttl().toMillis(),
                profile.maxTtl().toMillis(),
                profile.network().byDefault().name().toLowerCase(Locale.ROOT),
                profile.network().allow().stream().map(NetworkTarget::toString).toList(),
                profile.network().deny().stream().map(NetworkTarget::toString).toList(),
                launch.command(),
                check == null ? null : check.probe().text(),
                check == null ? null : check.within().toMillis());
    }
}
