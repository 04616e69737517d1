package dev.sandboxer.http.e2b;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.http.Endpoint;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.RouteTable;
import dev.sandboxer.http.e2b.control.ControlRoutes;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.Handover;
import dev.sandboxer.http.e2b.edge.HeaderFilter;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.PortProxy;
import dev.sandboxer.http.e2b.edge.SandboxAccess;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.e2b.envd.DataPlane;
import dev.sandboxer.http.passage.Origins;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Schedule;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** E2B's API, put together: control plane, daemon and ports. */
public final class E2bServer implements AutoCloseable {
    private final Sandboxes sandboxes;
    private final SandboxAccess access;
    private final ControlRoutes control;
    private final DataPlane dataPlane;
    private final Origins origins = new Origins();
    private final Endpoint endpoint;
    private final List<Route> routes;

    /**
     * @param secret from which sandboxes' tokens are made; with another one all tokens change
     * @param domain under which sandboxes have host names
     * @param open routes of others that answer without a key
     * @param more routes of others that need a key
     */
    public E2bServer(
            Sandboxes sandboxes,
            ConsumerProfiles profiles,
            ApiKeys keys,
            byte[] secret,
            Supplier<String> domain,
            InstantSource clock,
            List<Route> open,
            List<Route> more) {
        this.sandboxes = sandboxes;
        var tokens = new Tokens(secret);
        var templates = new Templates(profiles, sandboxes.snapshots());
        this.access = new SandboxAccess(sandboxes, templates);
        var headers = new HeaderFilter(keys, tokens);
        var passage = new Passage(headers, origins);
        var handover = new Handover(sandboxes.hosts(), origins);
        this.dataPlane =
                new DataPlane(access, handover, passage, sandboxes.snapshots(), new FileAccess(tokens, clock), clock);
        this.control = new ControlRoutes(sandboxes, handover, templates, tokens, domain, dataPlane.logs(), clock);
        this.routes = new ArrayList<>(control.routes());
        routes.addAll(more);
        this.endpoint = new E2bEndpoint(
                new Targets(sandboxes, tokens),
                dataPlane,
                new PortProxy(access, handover, tokens, headers, passage),
                new RouteTable(open),
                new RouteTable(routes),
                new Caller(keys));
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** All routes that need an API key. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** The methods, by path, that each sandbox answers over plain HTTP beside its Connect services. */
    public static Map<String, List<String>> dataPlane() {
        return DataPlane.PLAIN;
    }

    /** Schedules the periodic work. */
    public void schedule(Schedule schedule) {
        schedule.every(ControlRoutes.SAMPLE_PERIOD, "usage", () -> {
            Set<SandboxId> live = new HashSet<>(sandboxes.live());
            control.sample(live);
            dataPlane.keepOnly(live);
            access.cutEnded();
        });
        schedule.every(origins.period(), "idle-origins", origins::closeIdle);
    }

    @Override
    public void close() {
        dataPlane.close();
        origins.close();
    }
}
