package dev.sandboxer.local.folder;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.Freezer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox was asked to be, and what was prepared for it.
 *
 * @param deadline what its agent was told, and keeps while the sandbox runs
 * @param pausedUntil when it may be thrown away once it is frozen; absent when nobody wants it paused. Of no effect while it
 *     runs, so that it may be written before the sandbox is frozen.
 * @param cgroups as {@link Cgroups#toString()} tells them
 */
public record StoredRequest(
        SandboxSize size,
        Instant createdAt,
        Instant deadline,
        @Nullable Instant pausedUntil,
        String cgroups,
        Map<String, String> env) {
    private static final String ENV = "env.";

    /** Empty when this sandbox has no control group that could be frozen. */
    public Optional<Freezer> freezer() {
        return Freezer.of(Cgroups.parse(cgroups));
    }

    /**
     * @throws ExtensionException {@code UNSUPPORTED} when this sandbox has no control group that could be frozen
     */
    public Freezer requireFreezer() {
        return freezer()
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "this sandbox has no control group that could be frozen"));
    }

    public boolean isFrozen() {
        return freezer().filter(Freezer::isFrozen).isPresent();
    }

    public boolean isToBePaused() {
        return pausedUntil != null;
    }

    /** Of a sandbox that runs. */
    public StoredRequest withDeadline(Instant changed) {
        return new StoredRequest(size, createdAt, changed, null, cgroups, env);
    }

    public StoredRequest withPausedUntil(@Nullable Instant changed) {
        return new StoredRequest(size, createdAt, deadline, changed, cgroups, env);
    }

    Properties toProperties() {
        var properties = new Properties();
        properties.setProperty("cpuMillis", Integer.toString(size.cpuMillis()));
        properties.setProperty("memoryMiB", Integer.toString(size.memoryMiB()));
        properties.setProperty("diskMiB", Integer.toString(size.diskMiB()));
        properties.setProperty("createdAt", createdAt.toString());
        properties.setProperty("deadline", deadline.toString());
        if (pausedUntil != null) {
            properties.setProperty("pausedUntil", pausedUntil.toString());
        }
        properties.setProperty("cgroups", cgroups);
        env.forEach((name, value) -> properties.setProperty(ENV + name, value));
        return properties;
    }

    /** Empty when they are damaged. */
    static Optional<StoredRequest> of(Properties properties) {
        var env = new HashMap<String, String>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(ENV)) {
                env.put(name.substring(ENV.length()), properties.getProperty(name));
            }
        }
        try {
            var size = new SandboxSize(
                    Integer.parseInt(properties.getProperty("cpuMillis")),
                    Integer.parseInt(properties.getProperty("memoryMiB")),
                    Integer.parseInt(properties.getProperty("diskMiB")));
            var pausedUntil = properties.getProperty("pausedUntil");
            return Optional.of(new StoredRequest(
                    size,
                    Instant.parse(properties.getProperty("createdAt", "")),
                    Instant.parse(properties.getProperty("deadline", "")),
                    pausedUntil == null ? null : Instant.parse(pausedUntil),
                    properties.getProperty("cgroups", ""),
                    env));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
