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
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.host.HostCapacity;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.HostCheck;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code ext.local}: Linux sandboxes on this machine. Needs no daemon and no download, and costs nothing. */
public final class LocalExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.local");

    private final Timeouts timeouts;
    private final HostNetwork network;

    public LocalExtension() {
        this(Timeouts.DEFAULT, HostNetwork.ofThisHost());
    }

    /**
     * Creates an extension with the given timeouts.
     *
     * @param answer limit for one answer of a sandbox's agent
     * @param work limit for an answer that comes only when all the work is done, such as removing a large tree
     */
    public LocalExtension(Duration answer, Duration work) {
        this(new Timeouts(answer, work), HostNetwork.ofThisHost());
    }

    /**
     * Creates an extension whose sandboxes use the given network.
     *
     * @param network the network for sandboxes
     */
    public LocalExtension(HostNetwork network) {
        this(Timeouts.DEFAULT, network);
    }

    /** Returns an extension whose sandboxes never have a network. */
    public static LocalExtension offline() {
        return new LocalExtension(HostNetwork.none());
    }

    private LocalExtension(Timeouts timeouts, HostNetwork network) {
        this.timeouts = timeouts;
        this.network = network;
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
                Capability.NETWORK_UPDATE,
                Capability.NETWORK_BYTES,
                Capability.VARIABLES);
        if (HostUser.isRoot()) { // a plain user can map one uid only, and can't set limits
            all.addAll(Set.of(Capability.ROOT, Capability.SIZE));
        }
        if (network.isAvailable()) {
            all.add(Capability.NETWORK_ALLOW);
        }
        if (canPauseAndMeasure()) {
            all.addAll(Set.of(Capability.PAUSE, Capability.METRICS));
            if (RootSource.ofThisHost() == RootSource.IMAGE) {
                all.add(Capability.SNAPSHOT);
                all.add(Capability.PACKAGES);
            }
        }
        return Set.copyOf(all);
    }

    @Override
    public String whyLacking(Capability capability) {
        return switch (capability) {
            case NETWORK_ALLOW -> network.isAvailable() ? "" : network.explainMissing();
            default -> "";
        };
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
    public Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        var byAddress = network.isAvailable() ? Enforcement.ADDRESS : Enforcement.NONE;
        return Map.of(
                NetworkRuleKind.ALL,
                Enforcement.ADDRESS,
                NetworkRuleKind.CIDR,
                byAddress,
                NetworkRuleKind.DOMAIN,
                network.supportsDomains() ? Enforcement.SNI : Enforcement.NONE);
    }

    @Override
    public Support supports(SandboxSpec spec) {
        if (spec.source() instanceof Source.Template(var name)
                && !name.equals(BaseTemplate.NAME)
                && !SnapshotStore.isTemplate(name)) {
            return new Support.Unsupported("local template \"" + name + "\" not found; use " + BaseTemplate.NAME
                    + " or, for a snapshot of this machine, snapshot:NAME");
        }
        if (!network.isAvailable() && spec.network().kinds().contains(NetworkRuleKind.CIDR)) {
            return new Support.Unsupported("can't enforce network rules for addresses: " + network.explainMissing());
        }
        if (!network.supportsDomains() && spec.network().kinds().contains(NetworkRuleKind.DOMAIN)) {
            return new Support.Unsupported("can't enforce network rules for domains: " + network.explainNoDomains());
        }
        var declared = Extension.super.supports(spec);
        return declared instanceof Support.Supported && HostUser.isRoot() ? checkMemory(spec) : declared;
    }

    /** Refuses more memory than this host has. The memory that is reserved for the host is checked when a sandbox is created. */
    private static Support checkMemory(SandboxSpec spec) {
        try {
            var most = HostCapacity.totalMemory() >> 20;
            return spec.size().memoryMiB() <= most
                    ? new Support.Supported()
                    : new Support.Unsupported("this host has " + most + " MiB of memory, not "
                            + spec.size().memoryMiB() + " MiB");
        } catch (IOException e) {
            return new Support.Unsupported("can't tell how much memory this host has: " + e.getMessage());
        }
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        var capacity = new HostCapacity(context.reserve().get());
        var findings =
                new ArrayList<>(HostCheck.report(context.directory(), capacity).findings());
        findings.add(network.finding());
        return new HostReport(findings);
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var root = RootSource.ofThisHost();
        if (!canPauseAndMeasure()) {
            return new LocalBackend(this, context, root, network, timeouts);
        }
        return root == RootSource.IMAGE
                ? new SnapshottingBackend(this, context, network, timeouts)
                : new PausingBackend(this, context, root, network, timeouts);
    }

    private static boolean canPauseAndMeasure() {
        return HostUser.isRoot() && HostCgroups.ofThisProcess().canPauseAndMeasure();
    }
}
