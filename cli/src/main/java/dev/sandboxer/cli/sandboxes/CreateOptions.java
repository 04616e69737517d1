package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.Cpus;
import dev.sandboxer.config.Durations;
import dev.sandboxer.config.Sizes;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.observe.ProcessIdentity;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Options of {@code run} and {@code create}: which sandbox to make. */
final class CreateOptions {
    private final Supplier<@Nullable String> profile;
    private final Supplier<@Nullable Duration> ttl;
    private final Supplier<@Nullable Integer> cpu;
    private final Supplier<@Nullable Integer> memory;
    private final Supplier<@Nullable Integer> disk;
    private final Supplier<Map<String, String>> metadata;
    private final Supplier<String> consumer;
    private final Supplier<@Nullable String> credential;

    CreateOptions(Syntax syntax) {
        profile = syntax.option("-p, --profile", "NAME", "What to make (default: the consumer's default).");
        ttl = syntax.option("--ttl", "TIME", "How long it lives at most, e.g. 90s, 15m, 2h.", Durations::parse);
        cpu = syntax.option("--cpu", "N", "CPUs, e.g. 0.5 or 2.", Cpus::parseMillis);
        memory = syntax.option("--memory", "SIZE", "Memory, e.g. 512MiB or 4GiB.", Sizes::parseMiB);
        disk = syntax.option("--disk", "SIZE", "Writable disk, e.g. 2GiB.", Sizes::parseMiB);
        metadata = syntax.keyValues("--metadata", "Stored with it, and shown. Repeatable.");
        consumer =
                syntax.option("--consumer", "NAME", "For whom (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);
        credential = syntax.option("--credential", "ID", "The credential to use, by id or name.");
    }

    CreateSandbox request(
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
                recipe.size().gpu());
        return CreateSandbox.of(owner, recipe)
                .size(size)
                .ttl(ttl.get())
                .env(env)
                .metadata(metadata.get())
                .idempotencyKey(key)
                .holder(holder)
                .credential(credential.get())
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
