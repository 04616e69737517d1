package dev.sandboxer.local;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.host.CgroupHost;
import dev.sandboxer.local.host.HostCheck;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.RootSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code ext.local}: Linux sandboxes on this machine, without daemon, download or cost. */
public final class LocalExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.local");

    private final Timeouts patience;

    public LocalExtension() {
        this(Timeouts.USUAL);
    }

    /**
     * @param answer how long a sandbox's agent may take for one answer
     * @param work how long for answers that come after all the work, such as removing a large tree
     */
    public LocalExtension(Duration answer, Duration work) {
        this(new Timeouts(answer, work));
    }

    private LocalExtension(Timeouts patience) {
        this.patience = patience;
    }

    @Override
    public ExtensionId id() {
        return ID;
    }

    @Override
    public String description() {
        return "sandboxes on this machine (bubblewrap)";
    }

    @Override
    public boolean metered() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        var all = EnumSet.complementOf(EnumSet.of(Capability.HTTP_PASSAGE));
        all.remove(Capability.NETWORK_ALLOW);
        if (!isControlled()) {
            all.removeAll(Set.of(Capability.PAUSE, Capability.METRICS, Capability.SNAPSHOT));
        }
        if (RootSource.ofThisHost() != RootSource.IMAGE) {
            all.remove(Capability.SNAPSHOT);
        }
        if (!HostPrograms.isRoot()) {
            // one uid is mapped, and a plain user's limits are the host's business
            all.remove(Capability.ROOT);
            all.remove(Capability.SIZE);
        }
        return Set.copyOf(all);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    @Override
    public Set<String> templates() {
        return Set.of(BaseTemplate.NAME); // and the snapshots, which nobody knows before they are made
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostCheck().report();
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var root = RootSource.ofThisHost();
        if (!isControlled()) {
            return new LocalBackend(context, root, patience);
        }
        return root == RootSource.IMAGE
                ? new SnapshottingBackend(context, patience)
                : new PausingBackend(context, root, patience);
    }

    private static boolean isControlled() {
        return HostPrograms.isRoot() && CgroupHost.ofThisProcess().controls();
    }
}
