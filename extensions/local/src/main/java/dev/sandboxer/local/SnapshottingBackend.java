package dev.sandboxer.local;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.PackageFetching;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.Snapshotter;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import dev.sandboxer.local.packages.HostApt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A backend with snapshots and the host's packages, for hosts where each sandbox has a disk image. */
final class SnapshottingBackend extends PausingBackend implements Snapshotting, PackageFetching {
    SnapshottingBackend(Extension extension, ExtensionContext context, HostNetwork network, Timeouts timeouts) {
        super(extension, context, RootSource.IMAGE, network, timeouts);
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        var agent = AgentBinary.in(context().directory());
        return new Snapshotter(snapshotStore(), agent, context().clock()).snapshot(folder(sandbox), name);
    }

    @Override
    public List<Path> fetchPackages(List<String> packages, boolean recommended) {
        var sources = context()
                .packages()
                .get()
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED,
                        "this host provides no packages; to allow it, set host: {packages: /etc/apt} in config.yaml"));
        var apt = new HostApt(
                sources, context().directory().resolve("apt"), context().clock());
        return apt.fetch(packages, recommended);
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
            throw ExtensionException.unknown(Kind.TRANSIENT, "the snapshot was not deleted: " + HostFailure.text(e), e);
        }
    }
}
