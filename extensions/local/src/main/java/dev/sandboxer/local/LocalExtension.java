package dev.sandboxer.local;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.SnapshotStore;
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
    public boolean hostBound() {
        return true;
    }

    @Override
    public Set<Capability> capabilities() {
        var all = EnumSet.of(
                Capability.PTY,
                Capability.STDIN,
                Capability.WATCH,
                Capability.PORTS,
                Capability.FILE_METADATA,
                Capability.EXTEND,
                Capability.NETWORK_DENY,
                Capability.VARIABLES);
        if (HostUser.isRoot()) { // a plain user can map one uid only, and can't set limits
            all.addAll(Set.of(Capability.ROOT, Capability.SIZE));
        }
        if (canPauseAndMeasure()) {
            all.addAll(Set.of(Capability.PAUSE, Capability.METRICS));
            if (RootSource.ofThisHost() == RootSource.IMAGE) {
                all.add(Capability.SNAPSHOT);
            }
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
    public Support supports(SandboxSpec spec) {
        if (spec.source() instanceof Source.Template(var name)
                && !name.equals(BaseTemplate.NAME)
                && !SnapshotStore.isTemplate(name)) {
            return new Support.Unsupported("there is no local template \"" + name + "\"; there are " + BaseTemplate.NAME
                    + " and, as snapshot:NAME, the snapshots of this machine");
        }
        return Extension.super.supports(spec);
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return HostCheck.report();
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var root = RootSource.ofThisHost();
        if (!canPauseAndMeasure()) {
            return new LocalBackend(this, context, root, timeouts);
        }
        return root == RootSource.IMAGE
                ? new SnapshottingBackend(this, context, timeouts)
                : new PausingBackend(this, context, root, timeouts);
    }

    private static boolean canPauseAndMeasure() {
        return HostUser.isRoot() && HostCgroups.ofThisProcess().canPauseAndMeasure();
    }
}
