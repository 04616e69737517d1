package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that make a sandbox. */
final class SandboxOptions {
    @Option(
            names = {"-p", "--profile"},
            paramLabel = "NAME",
            description = "What to make (default: the default profile).")
    @Nullable String profile;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "How long it lives at most, e.g. 90s, 15m, 2h.")
    @Nullable Duration ttl;

    @Option(names = "--cpu", paramLabel = "N", converter = Units.Cpu.class, description = "CPUs, e.g. 0.5 or 2.")
    @Nullable Integer cpu;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description = "Memory, e.g. 512MiB or 4GiB.")
    @Nullable Integer memory;

    @Option(
            names = "--disk",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description = "Writable disk, e.g. 2GiB.")
    @Nullable Integer disk;

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Stored with it, and shown. Repeatable.")
    Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--consumer",
            paramLabel = "NAME",
            defaultValue = Sandboxer.LOCAL_CONSUMER,
            description = "For whom (default: ${DEFAULT-VALUE}).")
    String consumer = "";

    @Option(names = "--credential", paramLabel = "ID", description = "The credential to use, by id or name.")
    @Nullable String credential;

    CreateSandbox request(
            Sandboxer sandboxer, Map<String, String> env, @Nullable String key, @Nullable ProcessIdentity holder) {
        var catalogue = sandboxer.profiles();
        var recipe = profile == null ? catalogue.defaultProfile() : catalogue.get(profile);
        var size = new SandboxSize(
                cpu == null ? recipe.size().cpuMillis() : cpu,
                memory == null ? recipe.size().memoryMiB() : memory,
                disk == null ? recipe.size().diskMiB() : disk);
        return new CreateSandbox(
                sandboxer.consumers().get(consumer).id(),
                recipe,
                size,
                ttl,
                env,
                metadata,
                key,
                holder,
                Terms.USUAL,
                null,
                credential);
    }
}
