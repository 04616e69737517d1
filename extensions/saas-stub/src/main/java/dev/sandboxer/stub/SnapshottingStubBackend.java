package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.Snapshotting;
import dev.sandboxer.stub.plan.Operation;
import java.util.List;

/** Adds snapshots. */
final class SnapshottingStubBackend extends PausingStubBackend implements Snapshotting {
    private final Snapshotting snapshotting;

    /**
     * @param local has the interface {@link Snapshotting} too, beside those of {@link PausingStubBackend}
     */
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
        return ofAccount().call(Operation.SNAPSHOTS, () -> snapshotting.snapshots());
    }

    @Override
    public void deleteSnapshot(String name) {
        var _ = ofAccount().call(Operation.DELETE_SNAPSHOT, () -> {
            snapshotting.deleteSnapshot(name);
            return true;
        });
    }
}
