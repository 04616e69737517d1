package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Handover;
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

/** E2B's control plane, put together. */
public final class ControlRoutes {
    /** How often {@link #sample} wants to be called. */
    public static final Duration SAMPLE_PERIOD = UsageHistory.PERIOD;

    private final UsageHistory usage;
    private final List<Route> routes = new ArrayList<>();

    /**
     * @param domain under which sandboxes have host names
     */
    public ControlRoutes(
            Sandboxes sandboxes,
            Handover handover,
            Templates templates,
            Tokens tokens,
            Supplier<String> domain,
            SandboxLogs logs,
            InstantSource clock) {
        this.usage = new UsageHistory(sandboxes);
        var owned = new OwnedSandboxes(sandboxes, handover);
        var views = new SandboxViews(tokens, domain);
        // first, since /sandboxes/metrics would else be taken for /sandboxes/{sandboxID}
        routes.addAll(new TelemetryRoutes(sandboxes, owned, usage, logs).routes());
        routes.addAll(new SandboxRoutes(sandboxes, owned, handover, templates, views).routes());
        routes.addAll(new LifeRoutes(sandboxes, owned, templates, views, clock).routes());
        routes.addAll(new SnapshotRoutes(sandboxes, owned, templates, views).routes());
        routes.addAll(new TemplateRoutes(templates, clock.instant()).routes());
        routes.addAll(new NetworkRoutes(owned, templates).routes());
    }

    /** All routes of the control plane, each of which needs an API key. The first match wins. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** Takes one sample of what each of these uses, and forgets those of all others. */
    public void sample(Collection<SandboxId> live) {
        usage.sample(live);
    }
}
