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
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.HostCheck;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.RootSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code ext.local}: Linux sandboxes on this machine, without daemon, download or cost. */
public final class LocalExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.local");

    private final Timeouts timeouts;

    public LocalExtension() {
        this(Timeouts.DEFAULT);
    }

    /**
     * @param answer limit for one answer of a sandbox's agent
     * @param work limit for an answer that comes only when all the work is done, such as removing a large tree
     */
    public LocalExtension(Duration answer, Duration work) {
        this(new Timeouts(answer, work));
    }

    private LocalExtension(Timeouts timeouts) {
        this.timeouts = timeouts;
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
        if (!canPauseAndMeasure()) {
            all.removeAll(Set.of(Capability.PAUSE, Capability.METRICS, Capability.SNAPSHOT));
        }
        if (RootSource.ofThisHost() != RootSource.IMAGE) {
            all.remove(Capability.SNAPSHOT);
        }
        if (!HostUser.isRoot()) {
            // a plain user can map one uid only, and can't set limits
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
        return Set.of(BaseTemplate.NAME); // snapshots are templates too, but can't be known in advance
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return HostCheck.report();
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var root = RootSource.ofThisHost();
        if (!canPauseAndMeasure()) {
            return new LocalBackend(context, root, timeouts);
        }
        return root == RootSource.IMAGE
                ? new SnapshottingBackend(context, timeouts)
                : new PausingBackend(context, root, timeouts);
    }

    private static boolean canPauseAndMeasure() {
        return HostUser.isRoot() && HostCgroups.ofThisProcess().canPauseAndMeasure();
    }
}
