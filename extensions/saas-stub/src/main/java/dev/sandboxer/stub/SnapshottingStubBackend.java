package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.stub.plan.Operation;
import java.util.List;

/** A {@link PausingStubBackend} with snapshots. */
final class SnapshottingStubBackend extends PausingStubBackend implements Snapshotting {
    private final Snapshotting snapshotting;

    /** @param local implements {@link Snapshotting} too, and what {@link PausingStubBackend} needs */
    SnapshottingStubBackend(Extension extension, ExtensionContext context, Backend local, String plan) {
        super(extension, context, local, plan);
        this.snapshotting = (Snapshotting) local;
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        return call(Operation.SNAPSHOT, sandbox, () -> snapshotting.snapshot(sandbox, name));
    }

    @Override
    public List<BackendSnapshot> snapshots() {
        return accountRehearsal().call(Operation.SNAPSHOTS, () -> snapshotting.snapshots());
    }

    @Override
    public void deleteSnapshot(String name) {
        var _ = accountRehearsal().call(Operation.DELETE_SNAPSHOT, () -> {
            snapshotting.deleteSnapshot(name);
            return true;
        });
    }
}
