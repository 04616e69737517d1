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
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code ext.local}: Linux sandboxes on this machine, without daemon, download or cost. */
public final class LocalExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.local");

    private final Patience patience;

    public LocalExtension() {
        this(Patience.USUAL);
    }

    /**
     * @param answer how long a sandbox's agent may take for one answer
     * @param work how long for answers that come after all the work, such as removing a large tree
     */
    public LocalExtension(Duration answer, Duration work) {
        this(new Patience(answer, work));
    }

    private LocalExtension(Patience patience) {
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
        var all = EnumSet.of(
                Capability.PTY,
                Capability.STDIN,
                Capability.WATCH,
                Capability.PORTS,
                Capability.FILE_METADATA,
                Capability.EXTEND,
                Capability.NETWORK_DENY,
                Capability.VARIABLES);
        if (Host.isRoot()) { // of a plain user one uid is mapped, and its limits are the host's business
            all.addAll(Set.of(Capability.ROOT, Capability.SIZE));
        }
        if (isControlled()) {
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
        return Set.of(BaseTemplate.NAME); // and the snapshots, which nobody knows before they are made
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
        return new HostCheck().report();
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var root = RootSource.ofThisHost();
        if (!isControlled()) {
            return new LocalBackend(this, context, root, patience);
        }
        return root == RootSource.IMAGE
                ? new ImageBackend(this, context, patience)
                : new ControlledBackend(this, context, root, patience);
    }

    private static boolean isControlled() {
        return Host.isRoot() && CgroupHost.ofThisProcess().controls();
    }
}
