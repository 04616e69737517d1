package dev.sandboxer.local;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.Snapshotting;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.Snapshotter;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.util.List;

/** Adds snapshots, on hosts where each sandbox has a disk image. */
final class SnapshottingBackend extends PausingBackend implements Snapshotting {
    SnapshottingBackend(Extension extension, ExtensionContext context, Timeouts timeouts) {
        super(extension, context, RootSource.IMAGE, timeouts);
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        var agent = AgentBinary.in(context().directory());
        return new Snapshotter(snapshotStore(), agent, context().clock()).snapshot(folder(sandbox), name);
    }

    @Override
    public List<BackendSnapshot> snapshots() {
        try {
            return snapshotStore().list();
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "can't list the snapshots: " + HostFailure.text(e), e);
        }
    }

    @Override
    public void deleteSnapshot(String name) {
        try {
            snapshotStore().delete(name);
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the snapshot was not removed: " + HostFailure.text(e), e);
        }
    }
}
