package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.Cpus;
import dev.sandboxer.config.Durations;
import dev.sandboxer.config.Gpus;
import dev.sandboxer.config.Sizes;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.payments.Money;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Options of {@code run}, {@code create}, {@code route} and {@code estimate}: which sandbox to make. */
public final class CreateOptions {
    private final Supplier<@Nullable String> profile;
    private final Supplier<@Nullable Duration> ttl;
    private final Supplier<@Nullable Integer> cpu;
    private final Supplier<@Nullable Integer> memory;
    private final Supplier<@Nullable Integer> disk;
    private final Supplier<@Nullable Gpu> gpu;
    private final Supplier<Map<String, String>> metadata;
    private final Supplier<String> consumer;
    private final Supplier<@Nullable String> credential;
    private final Supplier<@Nullable Money> maxCost;
    private final WishOptions wishes;

    /**
     * @param profile the name of what to make; null = the default profile of the consumer
     */
    public CreateOptions(Syntax syntax, Supplier<@Nullable String> profile) {
        this.profile = profile;
        ttl = syntax.option("--ttl", "TIME", "How long it lives at most, e.g. 90s, 15m, 2h.", Durations::parse);
        cpu = syntax.option("--cpu", "N", "CPUs, e.g. 0.5 or 2.", Cpus::parseMillis);
        memory = syntax.option("--memory", "SIZE", "Memory, e.g. 512MiB or 4GiB.", Sizes::parseMiB);
        disk = syntax.option("--disk", "SIZE", "Writable disk, e.g. 2GiB.", Sizes::parseMiB);
        gpu = syntax.option("--gpu", "TYPE[:N]", "GPUs, e.g. T4 or H100,A100-80GB:2 (any of these).", Gpus::parse);
        metadata = syntax.keyValues("--metadata", "Stored with it, and shown. Repeatable.");
        consumer =
                syntax.option("--consumer", "NAME", "For whom (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);
        credential = syntax.option("--credential", "ID", "The credential to use, by id or name.");
        maxCost = syntax.option("--max-cost", "AMOUNT", "The most it may cost, e.g. 0.50.", Amounts::parse);
        wishes = new WishOptions(syntax);
    }

    /** The option that names the profile, for commands without an argument for it. */
    static Supplier<@Nullable String> profile(Syntax syntax) {
        return syntax.option("-p, --profile", "NAME", "What to make (default: the consumer's default).");
    }

    /** What was asked for. */
    public CreateSandbox request(
            Sandboxer sandboxer,
            Console console,
            Map<String, String> env,
            @Nullable String key,
            @Nullable ProcessIdentity holder) {
        var name = profile.get();
        var owner = sandboxer.consumers().get(consumer.get()).id();
        var catalogue = sandboxer.consumerProfiles().of(owner);
        var recipe = name == null ? catalogue.defaultProfile() : catalogue.get(name);
        var size = new SandboxSize(
                Objects.requireNonNullElse(cpu.get(), recipe.size().cpuMillis()),
                Objects.requireNonNullElse(memory.get(), recipe.size().memoryMiB()),
                Objects.requireNonNullElse(disk.get(), recipe.size().diskMiB()),
                gpu.get() == null ? recipe.size().gpu() : gpu.get());
        return CreateSandbox.of(owner, recipe)
                .size(size)
                .ttl(ttl.get())
                .env(env)
                .metadata(metadata.get())
                .idempotencyKey(key)
                .holder(holder)
                .credential(credential.get())
                .terms(Terms.USUAL.withMaxCost(maxCost.get()))
                .wishes(wishes.get())
                .progress(event -> show(console, event))
                .build();
    }

    /** That it starts is no news. */
    private static void show(Console console, CreationProgress event) {
        if (event.stage() != CreationProgress.Stage.STARTING) {
            console.note(event.text());
        }
    }
}
