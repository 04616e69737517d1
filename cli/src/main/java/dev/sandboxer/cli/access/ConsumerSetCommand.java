package dev.sandboxer.cli.access;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.Setting;
import dev.sandboxer.config.units.Counts;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.profiles.ProfileName;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code consumers set}: changes the limits that are named. */
final class ConsumerSetCommand extends Command {
    private final Supplier<String> name = syntax.argument("NAME", "Name of the consumer.");
    private final Supplier<@Nullable Setting<String>> defaultProfile =
            option(Limit.DEFAULT_PROFILE, "PROFILE", "Profile for sandboxes that name none.", text -> text);
    private final Supplier<@Nullable Setting<String>> profiles =
            option(Limit.PROFILES, "P,P", "The only profiles that it may use.", text -> text);
    private final Supplier<@Nullable Setting<Integer>> maxLive =
            option(Limit.MAX_LIVE, "N", "Maximum number of sandboxes that have not ended.", Counts::parse);
    private final Supplier<@Nullable Setting<Integer>> maxCpu =
            option(Limit.MAX_CPU, "N", "Maximum CPUs of all running sandboxes together.", Cpus::parseMillis);
    private final Supplier<@Nullable Setting<Integer>> maxMemory =
            option(Limit.MAX_MEMORY, "SIZE", "Maximum memory of all running sandboxes, e.g. 16GiB.", Sizes::parseMiB);
    private final Supplier<@Nullable Setting<CreationRate>> maxRate = option(
            Limit.MAX_RATE, "N/s", "Maximum creations per second; 5/s:20 allows 20 at once.", CreationRates::parse);
    private final Supplier<@Nullable Setting<Duration>> maxTtl =
            option(Limit.MAX_TTL, "TIME", "Maximum lifetime of a sandbox, e.g. 2h.", Durations::parsePositive);

    ConsumerSetCommand(Context context) {
        super(context, "Set or lift limits of a consumer. Its existing sandboxes are not affected.");
        syntax.footer("The value `none` lifts a limit.");
    }

    private <T> Supplier<@Nullable Setting<T>> option(
            Limit limit, String label, String about, Function<String, T> parse) {
        return syntax.option(limit.option(), label, about, text -> Setting.parse(text, parse));
    }

    @Override
    public Integer call() {
        var given = given();
        if (given.isEmpty()) {
            throw syntax.usageError("nothing to set; name a limit, such as --max-live 10");
        }
        sandboxer().consumers().setLimits(name.get(), limits(), given);
        console.print(name.get());
        return 0;
    }

    private Set<Limit> given() {
        var given = EnumSet.noneOf(Limit.class);
        for (Limit limit : Limit.values()) {
            if (syntax.isGiven(limit.option())) {
                given.add(limit);
            }
        }
        return given;
    }

    private ConsumerLimits limits() {
        var byDefault = value(defaultProfile);
        var allowed = value(profiles);
        return new ConsumerLimits(
                byDefault == null ? null : profile(byDefault),
                allowed == null ? List.of() : allowed(allowed),
                value(maxLive),
                value(maxCpu),
                value(maxMemory),
                value(maxRate),
                value(maxTtl));
    }

    private List<ProfileName> allowed(String names) {
        return Stream.of(names.split(",", -1)).map(this::profile).distinct().toList();
    }

    private ProfileName profile(String text) {
        return sandboxer().profiles().get(text.strip()).name();
    }

    private static <T> @Nullable T value(Supplier<@Nullable Setting<T>> option) {
        var setting = option.get();
        return setting == null ? null : setting.value();
    }
}
