package dev.sandboxer.e2b;

import dev.sandboxer.e2b.control.PlanLimit;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** {@code ext.e2b}: sandboxes in an E2B account. */
public final class E2bExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.e2b");

    /** Limits by account identity, shared by all backend objects of an account. */
    private final Map<String, PlanLimit> limits = new ConcurrentHashMap<>();

    private final Timeouts timeouts;

    public E2bExtension() {
        this(Timeouts.DEFAULT);
    }

    E2bExtension(Timeouts timeouts) {
        this.timeouts = timeouts;
    }

    @Override
    public ExtensionId id() {
        return ID;
    }

    @Override
    public String description() {
        return "sandboxes in an E2B account (cloud, billed by E2B)";
    }

    @Override
    public boolean metered() {
        return true;
    }

    /** Leaves out {@code SIZE}, because the template decides the size. */
    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.PTY,
                Capability.STDIN,
                Capability.WATCH,
                Capability.PORTS,
                Capability.FILE_METADATA,
                Capability.EXTEND,
                Capability.ROOT,
                Capability.NETWORK_DENY,
                Capability.NETWORK_ALLOW,
                Capability.PAUSE,
                Capability.METRICS,
                Capability.SNAPSHOT,
                Capability.VARIABLES,
                Capability.HTTP_PASSAGE);
    }

    /** Follows E2B's page on internet access: domains are matched in TLS and HTTP on ports 443 and 80. */
    @Override
    public Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return Map.of(
                NetworkRuleKind.ALL, Enforcement.ADDRESS,
                NetworkRuleKind.CIDR, Enforcement.ADDRESS,
                NetworkRuleKind.DOMAIN, Enforcement.SNI);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return E2bAccount.FIELDS;
    }

    @Override
    public Set<String> templates() {
        return Set.of(); // each account has templates of its own
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of(Finding.ok("E2B", "runs in the cloud; this host needs only HTTPS to it")));
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var account = E2bAccount.of(credential);
        var limit = limits.computeIfAbsent(account.identity(), _ -> new PlanLimit());
        return new E2bBackend(this, context, account, limit, timeouts);
    }
}
