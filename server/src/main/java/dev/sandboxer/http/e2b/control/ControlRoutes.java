package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.PeerForwarding;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.e2b.envd.SandboxLogs;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Assembles the routes of E2B's control plane. */
public final class ControlRoutes {
    /** How often to call {@link #sample}. */
    public static final Duration SAMPLE_PERIOD = UsageHistory.PERIOD;

    private final UsageHistory usage;
    private final List<Route> routes = new ArrayList<>();

    /**
     * @param domain the parent of sandboxes' host names
     * @param unsecured decides whether a client may have a sandbox without a token
     */
    public ControlRoutes(
            Sandboxes sandboxes,
            PeerForwarding peerForwarding,
            Templates templates,
            Tokens tokens,
            Supplier<String> domain,
            SandboxLogs logs,
            UnsecuredPolicy unsecured,
            InstantSource clock) {
        this.usage = new UsageHistory(sandboxes);
        var owned = new OwnedSandboxes(sandboxes, peerForwarding);
        var internet = new InternetAccess(sandboxes, templates);
        var views = new SandboxViews(tokens, domain, internet::reaches);
        // first, so that /sandboxes/metrics is not taken for /sandboxes/{sandboxID}
        routes.addAll(new TelemetryRoutes(sandboxes, owned, usage, logs).routes());
        routes.addAll(
                new SandboxRoutes(sandboxes, owned, peerForwarding, templates, views, internet, unsecured).routes());
        routes.addAll(new LifecycleRoutes(sandboxes, owned, templates, views, clock).routes());
        routes.addAll(new SnapshotRoutes(sandboxes, owned, templates, views, new TemplateRefusals(templates)).routes());
        routes.addAll(new TemplateRoutes(templates, clock.instant()).routes());
        routes.addAll(new NetworkRoutes(sandboxes, owned, templates).routes());
    }

    /** Returns all routes of the control plane. Each needs an API key. The first match wins. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** Samples the usage of each live sandbox, and forgets the samples of all others. */
    public void sample(Collection<SandboxId> live) {
        usage.sample(live);
    }
}
