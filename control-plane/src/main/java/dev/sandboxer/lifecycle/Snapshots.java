package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.Snapshotting;
import dev.sandboxer.extension.Variables;
import dev.sandboxer.hosts.Hosts;
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
import org.jspecify.annotations.Nullable;

/** The kept disks of sandboxes. A row comes before each call of a backend, so that none is ever kept unseen. */
public final class Snapshots {
    /** A snapshot that takes longer has lost its maker. */
    private static final Duration LONGEST_MAKING = Duration.ofHours(1);

    private final Database database;
    private final SnapshotStore rows;
    private final ExtensionRegistry registry;
    private final Backends backends;
    private final Leases leases;
    private final Hosts hosts;
    private final InstantSource clock;

    Snapshots(
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
     * Keeps the disk of a running or paused sandbox, which goes on.
     *
     * @param name the consumer's own name for it; may be used for several, the newest of which answers to it
     * @throws SandboxException {@code UNSUPPORTED}; {@code SANDBOX_ENDED}; {@code BACKEND_FAILED}
     */
    public Snapshot make(Sandbox sandbox, @Nullable String name) {
        sandbox.requireThere();
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
                leases.worker().identity());
        database.write(handle -> {
            backends.requireThere(handle, making.credential());
            rows.insert(handle, making);
        });
        try {
            var made = backend.snapshot(sandbox.requireRef(), making.id());
            return database.transaction(handle -> rows.ready(handle, making, made.template(), made.diskMiB()));
        } catch (ExtensionException e) {
            undo(making, e);
            throw failed("no snapshot of sandbox " + sandbox.id(), e);
        }
    }

    /**
     * The variables that a running or paused sandbox was made with. Only its backend keeps them.
     *
     * @throws SandboxException {@code UNSUPPORTED}; {@code SANDBOX_ENDED}; {@code BACKEND_FAILED}
     */
    public Map<String, String> variables(Sandbox sandbox) {
        sandbox.requireThere();
        requireHere(sandbox);
        var extension = sandbox.extension();
        if (!registry.get(extension).capabilities().contains(Capability.VARIABLES)
                || !(backends.of(extension, sandbox.credential()) instanceof Variables backend)) {
            throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " keeps no variables of its sandboxes");
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

    /** Its backend may have it all the same; the row stays until that is known. */
    private void undo(Snapshot making, ExtensionException cause) {
        try {
            delete(making);
        } catch (SandboxException e) {
            cause.addSuppressed(e); // the repair goes on
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

    /** The consumer's snapshot with that id, or the newest with that name. */
    public Optional<Snapshot> find(String consumer, String idOrName) {
        return rows.find(consumer, idOrName);
    }

    /**
     * A consumer's complete snapshots, newest first.
     *
     * @param sandbox null = of any sandbox
     * @param name null = of any name
     * @param after the last of the page before; null = from the beginning
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
     * Deletes it; sandboxes that were started from it go on.
     *
     * @throws SandboxException {@code BACKEND_FAILED}, and it is tried again; {@code CREDENTIAL_REFUSED}, and it is left where it
     *     is, since nobody can delete it there without its key
     */
    public void delete(Snapshot snapshot) {
        database.write(
                handle -> rows.deleting(handle, snapshot.id(), leases.worker().identity()));
        if (!leases.worker().reaches(snapshot.host())) {
            return; // the server of its host deletes it
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
                    "snapshot " + snapshot.id() + " is not deleted yet: " + e.getMessage() + "; it is tried again",
                    e);
        }
        database.write(handle -> rows.remove(handle, snapshot.id()));
    }

    /** Whether its account certainly refuses the key: not this call alone. */
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
                "snapshot " + snapshot.id() + " is given up and stays at " + snapshot.extension()
                        + (snapshot.template() == null ? "" : " as " + snapshot.template())
                        + ", which refuses its credential " + snapshot.credential() + ": "
                        + e.getMessage() + "; whoever has that account deletes it there",
                e);
    }

    /** Deletes what interrupted calls have left half made or half deleted. */
    void settle() {
        for (Snapshot snapshot : rows.unfinished()) {
            if (leases.worker().reaches(snapshot.host())
                    && (isAbandoned(snapshot) || snapshot.state() == Snapshot.State.DELETING)) {
                try {
                    delete(snapshot);
                } catch (SandboxException e) {
                    // still there, and so is its row: the next repair tries again
                }
            }
        }
    }

    private boolean isAbandoned(Snapshot making) {
        return making.actor().isGone(leases.isOnOneHost())
                || clock.instant().isAfter(making.createdAt().plus(LONGEST_MAKING));
    }

    private Snapshotting backend(ExtensionId extension, @Nullable CredentialId credential) {
        if (backends.of(extension, credential) instanceof Snapshotting snapshotting
                && registry.get(extension).capabilities().contains(Capability.SNAPSHOT)) {
            return snapshotting;
        }
        throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't make snapshots on this host");
    }
}
