package dev.sandboxer.http.e2b.control;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.PeerForwarding;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.BackendOptions;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.payments.Money;
import dev.sandboxer.routing.Preference;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Routes that create, list and describe sandboxes. */
final class SandboxRoutes {
    /** The default timeouts of E2B's routes, in seconds. */
    private static final int V1_TIMEOUT = 15;

    private static final int V2_TIMEOUT = 300;

    /** A header that sand-boxer adds to E2B's API. It names one of the consumer's credentials. The SDKs can be told to send it. */
    private static final String CREDENTIAL = "X-Sandboxer-Credential";

    /** Headers that sand-boxer adds to E2B's API. They name the extension to be tried first, or the only one that may be used. */
    private static final String PREFER = "X-Sandboxer-Prefer";

    private static final String ONLY = "X-Sandboxer-Only";

    /** A header that sand-boxer adds to E2B's API: the most that the sandbox may cost. */
    private static final String MAX_COST = "X-Sandboxer-Max-Cost";

    private final Sandboxes sandboxes;
    private final PeerForwarding peerForwarding;
    private final Templates templates;
    private final SandboxViews views;
    private final OwnedSandboxes owned;
    private final InternetAccess internet;
    private final UnsecuredPolicy unsecured;

    SandboxRoutes(
            Sandboxes sandboxes,
            OwnedSandboxes owned,
            PeerForwarding peerForwarding,
            Templates templates,
            SandboxViews views,
            InternetAccess internet,
            UnsecuredPolicy unsecured) {
        this.internet = internet;
        this.unsecured = unsecured;
        this.sandboxes = sandboxes;
        this.peerForwarding = peerForwarding;
        this.templates = templates;
        this.views = views;
        this.owned = owned;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/sandboxes", this::createAsAsked),
                new Route("POST", "/v2/sandboxes", this::createSecured),
                new Route("GET", "/sandboxes", this::listRunning),
                new Route("GET", "/v2/sandboxes", this::list),
                new Route("GET", "/sandboxes/{sandboxID}", this::show));
    }

    /** E2B's older route: a sandbox has a token only if the request sets {@code secure}. */
    private void createAsAsked(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(NewSandbox.class);
        asked.check();
        var secured = Boolean.TRUE.equals(asked.secure());
        if (!secured) {
            if (!asked.terms().publicPorts()) {
                throw new E2bException(400, "allowPublicTraffic: false needs secure: true");
            }
            unsecured.check(exchange);
        }
        create(exchange, asked, V1_TIMEOUT, secured);
    }

    private void createSecured(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(NewSandbox.class);
        asked.check();
        create(exchange, asked, V2_TIMEOUT, true);
    }

    private void create(HttpExchange exchange, NewSandbox asked, int defaultTimeout, boolean secured)
            throws IOException {
        var start = templates.find(Caller.of(exchange), String.valueOf(asked.templateID()));
        if (start.snapshot() != null && peerForwarding.answer(exchange, start.snapshot())) {
            return;
        }
        var profile = start.profile();
        asked.check(profile);
        var made = sandboxes.create(CreateSandbox.of(Caller.of(exchange), profile)
                .ttl(TimeoutLimit.check(asked.timeout(), defaultTimeout, profile))
                .env(asked.envVars())
                .metadata(asked.metadata())
                .terms(asked.terms().withMaxCost(maxCost(exchange)).withSecured(secured))
                .snapshot(start.snapshot())
                .template(start.named())
                .size(start.size())
                .credential(exchange.header(CREDENTIAL))
                .backendOptions(backendOptions(exchange))
                .build());
        exchange.notes().sandbox = made.id().value();
        exchange.json(201, views.created(made, asked.asksForNetwork() ? internet.missing(made) : null));
    }

    private static @Nullable Money maxCost(HttpExchange exchange) {
        var text = exchange.header(MAX_COST);
        if (text == null) {
            return null;
        }
        try {
            var most = Money.parse(text.strip());
            if (!most.isNegative()) {
                return most;
            }
        } catch (IllegalArgumentException e) {
            // refused below, like a negative amount
        }
        throw new E2bException(400, MAX_COST + " must be an amount such as 0.50");
    }

    private static BackendOptions backendOptions(HttpExchange exchange) {
        var only = exchange.header(ONLY);
        var named = only == null ? exchange.header(PREFER) : only;
        if (named == null) {
            return BackendOptions.NONE;
        }
        try {
            return BackendOptions.preferring(new Preference(new ExtensionId(named), only != null));
        } catch (IllegalArgumentException e) {
            throw new E2bException(400, String.valueOf(e.getMessage()));
        }
    }

    /** E2B's older list: all running sandboxes on one page. */
    private void listRunning(HttpExchange exchange) throws IOException {
        var query = query(exchange, Set.of(SandboxState.RUNNING), Page.ALL);
        exchange.json(200, sandboxes.list(query).stream().map(views::listed).toList());
    }

    private void list(HttpExchange exchange) throws IOException {
        var page = Page.of(exchange);
        var states = states(exchange);
        var found = sandboxes.list(query(exchange, states, page));
        var shown = page.shown(exchange, found, SandboxQuery.Cursor::of);
        if (states.contains(SandboxState.RUNNING)) {
            exchange.header("X-Total-Running", Integer.toString(running(exchange)));
        }
        exchange.json(200, shown.stream().map(views::listed).toList());
    }

    /** The number of running sandboxes on all pages. */
    private int running(HttpExchange exchange) {
        var all = query(exchange, Set.of(SandboxState.RUNNING), Page.ALL);
        return all.metadata().isEmpty() && all.template() == null && all.startedFrom() == null
                ? sandboxes.counts(all.consumer()).getOrDefault(SandboxState.RUNNING, 0)
                : sandboxes.list(all).size();
    }

    private SandboxQuery query(HttpExchange exchange, Set<SandboxState> states, Page page) {
        return new SandboxQuery(
                Caller.of(exchange),
                states,
                metadata(exchange.query("metadata")),
                template(exchange),
                startedAfter(exchange.query("startedAfter")),
                newestFirst(exchange.query("order")),
                page.after(),
                page.wanted());
    }

    private static boolean newestFirst(@Nullable String order) {
        return switch (order == null || order.isEmpty() ? "desc" : order) {
            case "desc" -> true;
            case "asc" -> false;
            default -> throw new E2bException(400, "order must be asc or desc");
        };
    }

    private static Set<SandboxState> states(HttpExchange exchange) {
        var wanted = EnumSet.noneOf(SandboxState.class);
        for (String value : exchange.queries("state")) {
            for (String state : value.split(",")) {
                switch (state.toLowerCase(Locale.ROOT)) {
                    case "running" -> wanted.add(SandboxState.RUNNING);
                    case "paused" -> wanted.add(SandboxState.PAUSED);
                    default -> throw new E2bException(400, "state must be running or paused");
                }
            }
        }
        return wanted.isEmpty() ? EnumSet.of(SandboxState.RUNNING, SandboxState.PAUSED) : wanted;
    }

    /** Parses a query inside the query, <code>name=value&amp;name=value</code>, whose parts the clients escape twice. */
    private static Map<String, String> metadata(@Nullable String text) {
        var pairs = new HashMap<String, String>();
        if (text != null && !text.isEmpty()) {
            for (String pair : text.split("&")) {
                var at = pair.indexOf('=');
                if (at < 1) {
                    throw new E2bException(400, "metadata must be name=value pairs");
                }
                if (pairs.size() == NewSandbox.MAX_PAIRS) {
                    throw new E2bException(400, "metadata may have at most " + NewSandbox.MAX_PAIRS + " pairs");
                }
                pairs.put(twice(pair.substring(0, at)), twice(pair.substring(at + 1)));
            }
        }
        return pairs;
    }

    private static String twice(String text) {
        return HttpExchange.decode(HttpExchange.decode(text));
    }

    private @Nullable String template(HttpExchange exchange) {
        var template = exchange.query("template");
        return template == null || template.isEmpty() ? null : templates.id(Caller.of(exchange), template);
    }

    private static @Nullable Instant startedAfter(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            var time = Instant.parse(text);
            var _ = time.toEpochMilli();
            return time;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new E2bException(400, "startedAfter must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    private void show(HttpExchange exchange) throws IOException {
        Sandbox sandbox = owned.of(exchange);
        exchange.json(200, views.detail(sandbox));
    }
}
