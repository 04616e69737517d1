package dev.sandboxer.lifecycle.snapshots;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes, finds and deletes the stored disks of sandboxes. The row is written before the backend is called, so that a crash leaves no
 * unknown snapshot. Thread-safe.
 */
public final class Snapshots {
    /** A snapshot that is not ready after this time is abandoned. */
    private static final Duration MAX_CREATION_TIME = Duration.ofHours(1);

    private final Database database;
    private final SnapshotStore rows;
    private final ExtensionRegistry registry;
    private final Backends backends;
    private final Leases leases;
    private final Hosts hosts;
    private final InstantSource clock;

    public Snapshots(
            Database database,
            SnapshotStore rows,
            ExtensionRegistry registry,
            Backends backends,
            Leases leases,
            Hosts hosts,
            InstantSource clock) {
        this.database = database;
        this.rows = rows;
        this.registry = registry;
        this.backends = backends;
        this.leases = leases;
        this.hosts = hosts;
        this.clock = clock;
    }

    /**
     * Stores the disk of a running or paused sandbox. The sandbox keeps its state.
     *
     * @param name the consumer's own name for it; null = none. Several may share a name: {@link #find} returns the newest
     * @throws SandboxException {@code UNSUPPORTED}; {@code SANDBOX_ENDED}; {@code BACKEND_FAILED}
     */
    public Snapshot make(Sandbox sandbox, @Nullable String name) {
        return make(sandbox, name, sandbox.launch(), (handle, made) -> {});
    }

    /** Writes further rows in the transaction that makes a snapshot ready. If it throws, the snapshot is deleted. */
    @FunctionalInterface
    public interface Alongside {
        void write(Handle handle, Snapshot ready);
    }

    /**
     * Stores the disk of a running sandbox. Sandboxes created from it use another start command.
     *
     * @param launch what sandboxes from the snapshot start
     * @param alongside writes further rows in the transaction that makes the snapshot ready
     * @throws SandboxException as {@link #make(Sandbox, String)}; what {@code alongside} throws
     */
    public Snapshot make(Sandbox sandbox, Launch launch, Alongside alongside) {
        return make(sandbox, null, launch, alongside);
    }

    private Snapshot make(Sandbox sandbox, @Nullable String name, Launch launch, Alongside alongside) {
        sandbox.requireNotEnded();
        requireHere(sandbox);
        var backend = backend(sandbox.extension(), sandbox.credential());
        var making = new Snapshot(
                SandboxId.randomText(),
                sandbox.consumer(),
                name,
                sandbox.id(),
                sandbox.profile(),
                sandbox.extension(),
                sandbox.credential(),
                null,
                sandbox.size().diskMiB(),
                Instant.ofEpochMilli(clock.millis()),
                Snapshot.State.MAKING,
                sandbox.host(),
                leases.worker().identity(),
                launch);
        database.write(handle -> {
            backends.requireExists(handle, making.credential());
            rows.insert(handle, making);
        });
        try {
            var made = backend.snapshot(sandbox.requireRef(), making.id());
            return database.transaction(handle -> {
                var ready = rows.ready(handle, making, made.template(), made.diskMiB());
                alongside.write(handle, ready);
                return ready;
            });
        } catch (SandboxException e) {
            undo(making, e);
            throw e;
        } catch (ExtensionException e) {
            undo(making, e);
            throw failed("no snapshot of sandbox " + sandbox.id() + " was made", e);
        }
    }

    /**
     * Returns the environment variables that a running or paused sandbox was created with. Only its backend knows them.
     *
     * @throws SandboxException {@code UNSUPPORTED}; {@code SANDBOX_ENDED}; {@code BACKEND_FAILED}
     */
    public Map<String, String> variables(Sandbox sandbox) {
        sandbox.requireNotEnded();
        requireHere(sandbox);
        var extension = sandbox.extension();
        if (!registry.get(extension).capabilities().contains(Capability.VARIABLES)
                || !(backends.of(extension, sandbox.credential()) instanceof Variables backend)) {
            throw new SandboxException(
                    ErrorCode.UNSUPPORTED, extension + " does not report the variables of its sandboxes");
        }
        try {
            return backend.variables(sandbox.requireRef());
        } catch (ExtensionException e) {
            throw failed("the variables of sandbox " + sandbox.id() + " can't be read", e);
        }
    }

    private void requireHere(Sandbox sandbox) {
        hosts.requireHere("sandbox " + sandbox.id(), sandbox.host());
    }

    /**
     * Deletes a snapshot whose creation failed. The backend may have it nevertheless, so the row stays until the snapshot is deleted at the
     * backend.
     */
    private void undo(Snapshot making, RuntimeException cause) {
        try {
            delete(making);
        } catch (SandboxException e) {
            cause.addSuppressed(e); // repair tries again
        }
    }

    private static SandboxException failed(String what, ExtensionException e) {
        var code = switch (e.kind()) {
            case GONE -> ErrorCode.SANDBOX_ENDED;
            case UNSUPPORTED -> ErrorCode.UNSUPPORTED;
            default -> ErrorCode.BACKEND_FAILED;
        };
        return new SandboxException(code, what + ": " + e.getMessage(), e);
    }

    /** Finds a consumer's ready snapshot by its id, or the newest by its name. */
    public Optional<Snapshot> find(String consumer, String idOrName) {
        return rows.find(consumer, idOrName);
    }

    /**
     * Lists a consumer's ready snapshots, newest first, without those that belong to templates.
     *
     * @param sandbox id of the sandbox they were made of; null = any
     * @param name the consumer's own name; null = any
     * @param after last entry of the previous page; null = from the beginning
     */
    public List<Snapshot> list(
            String consumer,
            @Nullable String sandbox,
            @Nullable String name,
            SandboxQuery.@Nullable Cursor after,
            int limit) {
        return rows.list(consumer, sandbox, name, after, limit);
    }

    /**
     * Deletes a snapshot. Sandboxes that were created from it keep running.
     *
     * @throws SandboxException {@code BACKEND_FAILED}: repair tries again; {@code CREDENTIAL_REFUSED}: the snapshot stays at the
     *     backend, since it can't be deleted without its key
     */
    public void delete(Snapshot snapshot) {
        database.write(
                handle -> rows.deleting(handle, snapshot.id(), leases.worker().identity()));
        if (!leases.worker().reaches(snapshot.host())) {
            return; // a server on its host deletes it
        }
        try {
            backend(snapshot.extension(), snapshot.credential()).deleteSnapshot(snapshot.id());
        } catch (ExtensionException e) {
            if (isRefused(snapshot, e)) {
                database.write(handle -> rows.left(handle, snapshot.id()));
                throw left(snapshot, e);
            }
            throw new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    "snapshot " + snapshot.id() + " could not be deleted yet: " + e.getMessage()
                            + "; the deletion is retried",
                    e);
        }
        database.write(handle -> rows.remove(handle, snapshot.id()));
    }

    /** Returns true if the account refuses the key in general, not just for this call. */
    private boolean isRefused(Snapshot snapshot, ExtensionException e) {
        if (e.kind() != Kind.CREDENTIAL || snapshot.credential() == null) {
            return false;
        }
        try {
            backends.check(snapshot.extension(), snapshot.credential());
            return false;
        } catch (SandboxException again) {
            return again.code() == ErrorCode.CREDENTIAL_REFUSED;
        }
    }

    private static SandboxException left(Snapshot snapshot, ExtensionException e) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_REFUSED,
                "snapshot " + snapshot.id() + " can't be deleted: " + snapshot.extension() + " refuses credential "
                        + snapshot.credential() + ": " + e.getMessage() + "; it stays at " + snapshot.extension()
                        + (snapshot.template() == null ? "" : " as " + snapshot.template())
                        + "; delete it in that account yourself",
                e);
    }

    /** Deletes the snapshots that interrupted calls have left half made or half deleted. */
    public void settle() {
        for (Snapshot snapshot : rows.unfinished()) {
            if (leases.worker().reaches(snapshot.host())
                    && (isAbandoned(snapshot) || snapshot.state() == Snapshot.State.DELETING)) {
                try {
                    delete(snapshot);
                } catch (SandboxException e) {
                    // its row stays, so the next repair tries again
                }
            }
        }
    }

    private boolean isAbandoned(Snapshot making) {
        return making.actor().isGone(leases.isOnOneHost())
                || clock.instant().isAfter(making.createdAt().plus(MAX_CREATION_TIME));
    }

    private Snapshotting backend(ExtensionId extension, @Nullable CredentialId credential) {
        if (backends.of(extension, credential) instanceof Snapshotting snapshotting
                && registry.get(extension).capabilities().contains(Capability.SNAPSHOT)) {
            return snapshotting;
        }
        throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't make snapshots on this host");
    }
}
