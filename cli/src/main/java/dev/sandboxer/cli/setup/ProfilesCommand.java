package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.Cpus;
import dev.sandboxer.config.Durations;
import dev.sandboxer.config.Sizes;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ProfilesCommand extends Command {
    private final Supplier<@Nullable String> consumer =
            syntax.option("--consumer", "NAME", "Those that this consumer may use, as it sees them.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public ProfilesCommand(Context context) {
        super(context, "List the profiles: what can be made.");
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
            String network) {}

    @Override
    public Integer call() {
        var catalogue = catalogue();
        var isDefault = catalogue.defaultProfile().name();
        if (json.get()) {
            console.print(JsonOutput.text(catalogue.all().stream()
                    .map(profile -> view(profile, profile.name().equals(isDefault)))
                    .toList()));
            return 0;
        }
        var table = new Table("PROFILE", "CPU", "MEMORY", "DISK", "TTL", "MAX", "ROUTE", "");
        for (Profile profile : catalogue.all()) {
            table.row(
                    profile.name().value() + (profile.name().equals(isDefault) ? " *" : ""),
                    Cpus.format(profile.size().cpuMillis()),
                    Sizes.formatMiB(profile.size().memoryMiB()),
                    Sizes.formatMiB(profile.size().diskMiB()),
                    Durations.format(profile.ttl()),
                    Durations.format(profile.maxTtl()),
                    String.join(
                            " > ",
                            profile.route().stream().map(id -> id.value()).toList()),
                    profile.description());
        }
        table.print(console);
        return 0;
    }

    private ProfileCatalogue catalogue() {
        var name = consumer.get();
        return name == null
                ? installation.config().config().profiles()
                : sandboxer()
                        .consumerProfiles()
                        .of(sandboxer().consumers().get(name).id());
    }

    private static View view(Profile profile, boolean isDefault) {
        var templates = new TreeMap<String, String>();
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
                profile.network().byDefault().name().toLowerCase(java.util.Locale.ROOT));
    }
}
