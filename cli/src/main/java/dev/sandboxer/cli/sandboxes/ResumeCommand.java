package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.config.units.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ResumeCommand extends ExistingSandboxCommand {
    private final Supplier<@Nullable Duration> ttl = syntax.option(
            "--ttl", "TIME", "Time to live from now, e.g. 15m (default: the profile's).", Durations::parse);
    private final Supplier<List<String>> ids = syntax.arguments("SANDBOX", "Names, ids or id prefixes.");

    public ResumeCommand(Context context) {
        super(context, "Resume paused sandboxes.");
    }

    @Override
    public Integer call() {
        return each(ids.get(), sandbox -> {
            var profile = sandboxer().profiles().get(sandbox.profile());
            var time = Objects.requireNonNullElse(ttl.get(), profile.ttl());
            var resumed = sandboxer().sandboxes().resume(sandbox, time, profile);
            return resumed.id() + " ends at " + resumed.deadline();
        });
    }
}
