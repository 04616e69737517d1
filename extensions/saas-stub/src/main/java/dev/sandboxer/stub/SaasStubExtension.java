package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.local.LocalExtension;
import dev.sandboxer.stub.plan.PlanReader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * {@code ext.saas-stub}: a simulated metered cloud for rehearsals. Its sandboxes run on this machine, in a directory of their
 * own, and need no credential. A plan sets how slow, small and faulty the cloud is; see docs/saas-stub.md.
 */
public final class SaasStubExtension implements Extension {
    /** The environment variable with the plan for all sandboxes. */
    public static final String PLAN_VARIABLE = "SANDBOXER_STUB_PLAN";

    private static final ExtensionId ID = new ExtensionId("ext.saas-stub");

    private final Extension local = LocalExtension.offline();
    private final String plan;

    /** Uses the plan in this process's environment. */
    public SaasStubExtension() {
        this(Objects.requireNonNullElse(System.getenv(PLAN_VARIABLE), ""));
    }

    /** Uses a given plan instead of the environment's. A plan that can't be read makes every call fail. */
    public SaasStubExtension(String plan) {
        this.plan = plan;
    }

    @Override
    public ExtensionId id() {
        return ID;
    }

    @Override
    public String description() {
        return "rehearsal of a metered cloud, on this machine";
    }

    @Override
    public boolean metered() {
        return true;
    }

    @Override
    public boolean hostBound() {
        return local.hostBound();
    }

    @Override
    public Set<Capability> capabilities() {
        var all = EnumSet.copyOf(local.capabilities());
        // The stub's sandboxes have no network, and a cloud doesn't fetch packages through this host.
        all.removeAll(Set.of(Capability.NETWORK_UPDATE, Capability.NETWORK_BYTES, Capability.PACKAGES));
        return Set.copyOf(all);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    /** Returns no names, since a plan may follow a template's name. */
    @Override
    public Set<String> templates() {
        return Set.of();
    }

    @Override
    public Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return local.networkEnforcement();
    }

    @Override
    public Support supports(SandboxSpec spec) {
        var template = StubTemplate.of(spec);
        try {
            PlanReader.read(template.plan());
        } catch (IllegalArgumentException e) {
            return new Support.Unsupported("the template's plan can't be read: " + oneLine(e));
        }
        return local.supports(template.localSpec(spec));
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        var findings = new ArrayList<>(local.checkHost(localContext(context)).findings());
        findings.add(planFinding());
        return new HostReport(findings);
    }

    private Finding planFinding() {
        if (plan.isBlank()) {
            return Finding.ok("plan", "no faults; " + PLAN_VARIABLE + " is not set");
        }
        try {
            PlanReader.read(plan);
            return Finding.ok("plan", "the plan in " + PLAN_VARIABLE + " applies");
        } catch (IllegalArgumentException e) {
            return Finding.missing("plan", oneLine(e), "correct or unset " + PLAN_VARIABLE);
        }
    }

    private static String oneLine(IllegalArgumentException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\R", " ");
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var backend = local.open(localContext(context), Credential.none());
        if (backend instanceof Snapshotting) {
            return new SnapshottingStubBackend(this, context, backend, plan);
        }
        return backend instanceof Pausing
                ? new PausingStubBackend(this, context, backend, plan)
                : new StubBackend(this, context, backend, plan);
    }

    /**
     * Returns a context with a directory of its own, so that {@code ext.local} and the stub don't see each other's
     * sandboxes.
     */
    private static ExtensionContext localContext(ExtensionContext context) {
        return new ExtensionContext(
                context.installation(), context.directory().resolve("local"), context.clock(), context.reserve());
    }
}
