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
 * The request that a sandbox was created with, its deadlines, and its control groups.
 *
 * @param deadline enforced by the agent while the sandbox runs
 * @param pausedUntil deadline of a paused sandbox; null = not paused. It takes effect only once the sandbox is frozen, so it is written
 *     first
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

    /** Returns the sandbox's freezer; empty if it has no control group that can be frozen. */
    public Optional<Freezer> freezer() {
        return Freezer.of(cgroups);
    }

    /**
     * Returns the sandbox's freezer.
     *
     * @throws ExtensionException {@code UNSUPPORTED} when the sandbox has no control group that can be frozen
     */
    public Freezer requireFreezer() {
        return freezer()
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "this sandbox has no control group that can be frozen"));
    }

    public boolean isFrozen() {
        return freezer().filter(Freezer::isFrozen).isPresent();
    }

    /** Returns true if the sandbox is recorded as paused. Does not ask the kernel whether it is frozen. */
    public boolean isPauseRecorded() {
        return pausedUntil != null;
    }

    /** Returns this request with another deadline and no pause. */
    public StoredRequest withDeadline(Instant changed) {
        return new StoredRequest(size, createdAt, changed, null, cgroups, env);
    }

    /** Returns this request with another deadline of the pause; null = no pause. */
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

    /** Reads what {@link #toProperties} wrote; empty if it is damaged. */
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
