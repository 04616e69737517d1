package dev.sandboxer.http.e2b;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.http.Endpoint;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.RouteTable;
import dev.sandboxer.http.e2b.control.ControlRoutes;
import dev.sandboxer.http.e2b.control.TemplateRefusals;
import dev.sandboxer.http.e2b.control.UnsecuredPolicy;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.HeaderFilter;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.PeerForwarding;
import dev.sandboxer.http.e2b.edge.PortProxy;
import dev.sandboxer.http.e2b.edge.SandboxAccess;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.e2b.envd.DataPlane;
import dev.sandboxer.http.e2b.template.TemplateBuilds;
import dev.sandboxer.http.origin.Origins;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.templates.BuiltTemplates;
import dev.sandboxer.templates.UploadedFiles;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Assembles E2B's API: control plane, daemon and ports. */
public final class E2bServer implements AutoCloseable {
    private final Sandboxes sandboxes;
    private final SandboxAccess access;
    private final ControlRoutes control;
    private final DataPlane dataPlane;
    private final Origins origins = new Origins();
    private final Endpoint endpoint;
    private final List<Route> routes;
    private final List<Route> open;

    /**
     * Assembles the API. The caller serves {@link #endpoint} and calls {@link #schedule}.
     *
     * @param secret the key from which sandboxes' tokens are made; another key changes all tokens
     * @param domain the parent of sandboxes' host names
     * @param unsecured decides whether a client may have a sandbox without a token
     * @param answerLimit the most bytes that pending answers of one sandbox may take
     * @param built the templates that consumers build
     * @param uploads the files that consumers send for their templates
     * @param open further routes that need no key
     * @param more further routes that need a key
     */
    public E2bServer(
            Sandboxes sandboxes,
            ConsumerProfiles profiles,
            ApiKeys keys,
            byte[] secret,
            Supplier<String> domain,
            UnsecuredPolicy unsecured,
            LongSupplier answerLimit,
            InstantSource clock,
            BuiltTemplates built,
            UploadedFiles uploads,
            List<Route> open,
            List<Route> more) {
        this.sandboxes = sandboxes;
        var tokens = new Tokens(secret);
        var templates = new Templates(profiles, sandboxes.snapshots(), built);
        this.access = new SandboxAccess(sandboxes, templates);
        var headers = new HeaderFilter(keys, tokens);
        var passage = new Passage(headers, origins);
        var peerForwarding = new PeerForwarding(sandboxes.hosts(), origins);
        this.dataPlane = new DataPlane(
                access,
                peerForwarding,
                passage,
                sandboxes.snapshots(),
                new FileAccess(tokens, clock),
                answerLimit,
                clock);
        this.control = new ControlRoutes(
                sandboxes, peerForwarding, templates, tokens, domain, dataPlane.logs(), unsecured, clock);
        var builds = new TemplateBuilds(templates, uploads, secret, clock);
        this.routes =
                new ArrayList<>(builds.routes()); // first, so that /templates/tags is not taken for a template's id
        routes.addAll(control.routes());
        this.open = Stream.concat(open.stream(), builds.open().stream()).toList();
        routes.addAll(more);
        this.endpoint = new E2bEndpoint(
                new Targets(sandboxes, tokens),
                dataPlane,
                new PortProxy(access, peerForwarding, tokens, headers, passage),
                new RouteTable(this.open),
                new RouteTable(routes),
                new TemplateRefusals(templates),
                new Caller(keys));
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Returns all routes that need an API key. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** Returns all routes that answer without a key. */
    public List<Route> open() {
        return open;
    }

    /** Returns the methods, by path, that each sandbox answers over plain HTTP in addition to its Connect services. */
    public static Map<String, List<String>> dataPlane() {
        return DataPlane.PLAIN;
    }

    /** Schedules the periodic jobs. */
    public void schedule(Schedule schedule) {
        schedule.every(ControlRoutes.SAMPLE_PERIOD, "usage", () -> {
            Set<SandboxId> live = new HashSet<>(sandboxes.live());
            control.sample(live);
            dataPlane.cutAllExcept(live);
            access.cutEnded();
        });
        schedule.every(origins.period(), "idle-origins", origins::closeIdle);
    }

    /** Returns how many processes ended because their sandbox was out of memory, since the server started. */
    public long outOfMemory() {
        return dataPlane.outOfMemory();
    }

    @Override
    public void close() {
        dataPlane.close();
        origins.close();
    }
}
