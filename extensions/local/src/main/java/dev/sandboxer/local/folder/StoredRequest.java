package dev.sandboxer.local.folder;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.SandboxSize;
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
 * What was asked for when a sandbox was created, and the control groups that it got.
 *
 * @param deadline enforced by the agent while the sandbox runs
 * @param pausedUntil deadline of a paused sandbox; null when it is not to be paused. Has no effect until the sandbox is
 *     frozen, so it may be written before.
 * @param env variables of every process in the sandbox
 */
public record StoredRequest(
        SandboxSize size,
        Instant createdAt,
        Instant deadline,
        @Nullable Instant pausedUntil,
        Cgroups cgroups,
        Map<String, String> env) {
    private static final String ENV = "env.";

    /** Empty when this sandbox has no control group that could be frozen. */
    public Optional<Freezer> freezer() {
        return Freezer.of(cgroups);
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

    /** Returns true if the sandbox was paused, or is about to be. */
    public boolean isToBePaused() {
        return pausedUntil != null;
    }

    /** For a sandbox that runs, so it is not to be paused any more. */
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
        properties.setProperty("cgroups", cgroups.toString());
        env.forEach((name, value) -> properties.setProperty(ENV + name, value));
        return properties;
    }

    /** Reads what {@link #toProperties} wrote. Empty when it is damaged. */
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
                    Cgroups.parse(properties.getProperty("cgroups", "")),
                    env));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
