package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.CredentialUsers;
import dev.sandboxer.lifecycle.snapshots.SnapshotStore;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.store.Database;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Keeps a credential from being deleted while sandboxes or snapshots need it. */
public final class CredentialUses implements CredentialUsers {
    private final SandboxStore sandboxes;
    private final SnapshotStore snapshots;

    public CredentialUses(Database database) {
        this.sandboxes = new SandboxStore(database);
        this.snapshots = new SnapshotStore(database);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A useless credential can be removed while snapshots made with it are being deleted, since it can't delete them anyway. These
     * snapshots stay at the backend.
     */
    @Override
    public List<String> release(Handle handle, CredentialId credential, boolean useless) {
        var left = new ArrayList<String>();
        sandboxes.openWith(handle, credential).forEach(id -> left.add("sandbox " + id));
        snapshots.madeWith(handle, credential, !useless).forEach(id -> left.add("snapshot " + id));
        if (left.isEmpty()) {
            snapshots.leftBy(handle, credential);
        }
        return left;
    }
}
