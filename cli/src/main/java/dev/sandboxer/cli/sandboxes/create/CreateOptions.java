package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.names.SandboxNames;
import dev.sandboxer.payments.Money;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.templates.BuiltTemplates;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Options of {@code run}, {@code create}, {@code route} and {@code estimate} that describe the sandbox to create. */
public final class CreateOptions {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]{0,63}");

    private final Supplier<@Nullable String> profile;
    private final Supplier<@Nullable Duration> ttl;
    private final Supplier<@Nullable Duration> idleTimeout;
    private final Supplier<@Nullable Integer> cpu;
    private final Supplier<@Nullable Integer> memory;
    private final Supplier<@Nullable Integer> disk;
    private final Supplier<@Nullable Gpu> gpu;
    private final Supplier<@Nullable String> name;
    private final Supplier<@Nullable String> snapshot;
    private final Supplier<Map<String, String>> metadata;
    private final Supplier<String> consumer;
    private final Supplier<@Nullable String> credential;
    private final Supplier<@Nullable Money> maxCost;
    private final PlacementOptions backendOptions;

    /**
     * Declares the options.
     *
     * @param profile name of a profile or template; null = the default profile of the consumer
     */
    public CreateOptions(Syntax syntax, Supplier<@Nullable String> profile) {
        this.profile = profile;
        ttl = syntax.option("--ttl", "TIME", "Maximum lifetime, e.g. 90s, 15m or 2h.", Durations::parse);
        idleTimeout = syntax.option(
                "--idle-timeout",
                "TIME",
                "End it after this long without use. Needs a backend that supports it.",
                Durations::parse);
        cpu = syntax.option("--cpu", "N", "CPUs, e.g. 0.5 or 2.", Cpus::parseMillis);
        memory = syntax.option("--memory", "SIZE", "Memory, e.g. 512MiB or 4GiB.", Sizes::parseMiB);
        disk = syntax.option("--disk", "SIZE", "Writable disk, e.g. 2GiB.", Sizes::parseMiB);
        gpu = syntax.option("--gpu", "TYPE[:N]", "GPUs, e.g. T4 or H100,A100-80GB:2 (any of these).", Gpus::parse);
        name = syntax.option("--name", "NAME", "Unique name that commands take instead of the id.");
        snapshot = syntax.option("--snapshot", "ID", "Start from this snapshot (name or id).");
        metadata = syntax.keyValues("--metadata", "Metadata to store with it. Repeatable.");
        consumer = syntax.option(
                "--consumer", "NAME", "The consumer to act for (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);
        credential = syntax.option("--credential", "ID", "The credential to use (name or id).");
        maxCost = syntax.option("--max-cost", "AMOUNT", "The most it may cost, e.g. 0.50.", Amounts::parse);
        backendOptions = new PlacementOptions(syntax);
    }

    /** Declares the option that names the profile, for commands without an argument for it. */
    public static Supplier<@Nullable String> profile(Syntax syntax) {
        return syntax.option(
                "-p, --profile", "NAME", "Profile, or template of yours, to use (default: the consumer's default).");
    }

    /** Returns the request to create the sandbox. */
    public CreateSandbox request(Sandboxer sandboxer, Console console, Map<String, String> env, @Nullable String key) {
        return builder(sandboxer, console, env, Set.of()).idempotencyKey(key).build();
    }

    /**
     * Returns a builder of the request to create the sandbox.
     *
     * @param needed capabilities that the backend must have because of other options
     */
    public CreateSandbox.Builder builder(
            Sandboxer sandboxer, Console console, Map<String, String> env, Set<Capability> needed) {
        var wanted = profile.get();
        var owner = sandboxer.consumers().get(consumer.get()).id();
        var catalogue = sandboxer.consumerProfiles().of(owner);
        var named = snapshot.get();
        var built = wanted == null || named != null ? null : built(sandboxer, catalogue, owner, wanted);
        var source = built != null ? built.snapshot() : named == null ? null : snapshot(sandboxer, owner, named);
        var recipe = wanted != null && built == null
                ? catalogue.get(wanted)
                : source != null ? catalogue.get(source.profile()) : catalogue.defaultProfile();
        var usual = built == null ? recipe.size() : built.size(recipe.size());
        var size = new SandboxSize(
                Objects.requireNonNullElse(cpu.get(), usual.cpuMillis()),
                Objects.requireNonNullElse(memory.get(), usual.memoryMiB()),
                Objects.requireNonNullElse(disk.get(), usual.diskMiB()),
                gpu.get() == null ? usual.gpu() : gpu.get());
        return CreateSandbox.of(owner, recipe)
                .size(size)
                .ttl(ttl.get())
                .env(env)
                .metadata(notes())
                .snapshot(source)
                .template(built == null ? null : built.named())
                .credential(credential.get())
                .terms(Terms.DEFAULT.withMaxCost(maxCost.get()).withIdleTimeout(idleTimeout.get()))
                .backendOptions(
                        backendOptions.get(idleTimeout.get() == null ? needed : with(Capability.IDLE_TIMEOUT, needed)))
                .progress(event -> show(console, event));
    }

    private static Set<Capability> with(Capability one, Set<Capability> others) {
        var all = EnumSet.of(one);
        all.addAll(others);
        return all;
    }

    /** Returns the template that the consumer has built under that name; null when a profile has that name or there is no such template. */
    private static BuiltTemplates.@Nullable Found built(
            Sandboxer sandboxer, ProfileCatalogue catalogue, String owner, String name) {
        return catalogue.has(name)
                ? null
                : sandboxer.templates().find(owner, name).orElse(null);
    }

    private Map<String, String> notes() {
        var notes = new HashMap<>(metadata.get());
        var text = name.get();
        if (text != null) {
            if (!NAME.matcher(text).matches()) {
                throw new SandboxException(
                        ErrorCode.INVALID_ARGUMENT,
                        Spelling.quoted(text) + " is not a name (letters, digits and ._- up to 64, a letter first)");
            }
            notes.put(SandboxNames.NAME, text);
        }
        return notes;
    }

    /**
     * Finds a snapshot of the consumer.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when there is none
     */
    public static Snapshot snapshot(Sandboxer sandboxer, String consumer, String idOrName) {
        return sandboxer
                .sandboxes()
                .snapshots()
                .find(consumer, idOrName)
                .orElseThrow(() -> new SandboxException(
                        ErrorCode.INVALID_ARGUMENT,
                        "snapshot " + Spelling.quoted(idOrName)
                                + " not found; list yours with: sandboxer snapshots ls"));
    }

    /** Prints a progress event. The start of the creation is not worth a line. */
    private static void show(Console console, CreationProgress event) {
        if (event.stage() != CreationProgress.Stage.STARTING) {
            console.note(event.text());
        }
    }
}
