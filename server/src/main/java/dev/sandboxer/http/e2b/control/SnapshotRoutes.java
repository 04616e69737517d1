package dev.sandboxer.http.e2b.control;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxQuery.Cursor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Routes for snapshots and forks. A snapshot keeps the disk, not the processes; a fork keeps the variables too. */
final class SnapshotRoutes {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");
    private static final int MAX_FORKS = 100;
    private static final int FORK_TIMEOUT = 15;

    private final Sandboxes sandboxes;
    private final Templates templates;
    private final SandboxViews views;
    private final OwnedSandboxes owned;
    private final TemplateRefusals refusals;

    SnapshotRoutes(
            Sandboxes sandboxes,
            OwnedSandboxes owned,
            Templates templates,
            SandboxViews views,
            TemplateRefusals refusals) {
        this.refusals = refusals;
        this.sandboxes = sandboxes;
        this.templates = templates;
        this.views = views;
        this.owned = owned;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/sandboxes/{sandboxID}/snapshots", owned.atItsHost(this::make)),
                new Route("GET", "/snapshots", this::list),
                new Route("DELETE", "/templates/{templateID}", this::delete),
                new Route("POST", "/sandboxes/{sandboxID}/fork", owned.atItsHost(this::fork)));
    }

    private record NewSnapshot(@Nullable String name) {}

    private record View(String snapshotID, List<String> names) {
        static View of(Snapshot snapshot) {
            return new View(snapshot.id(), snapshot.name() == null ? List.of() : List.of(snapshot.name()));
        }
    }

    private void make(HttpExchange exchange) throws IOException {
        var name = exchange.lenientJson(NewSnapshot.class).name();
        if (name != null && !NAME.matcher(name).matches()) {
            throw new E2bException(
                    400,
                    "a snapshot's name must begin with a letter or digit, and may have letters, digits and ._:/-,"
                            + " 128 characters at most");
        }
        exchange.json(201, View.of(sandboxes.snapshots().make(owned.of(exchange), name)));
    }

    private void list(HttpExchange exchange) throws IOException {
        var page = Page.of(exchange);
        var found = sandboxes
                .snapshots()
                .list(
                        Caller.of(exchange),
                        exchange.query("sandboxID"),
                        exchange.query("name"),
                        page.after(),
                        page.wanted());
        var shown =
                page.shown(exchange, found, one -> new Cursor(one.createdAt().toEpochMilli(), one.id()));
        exchange.json(200, shown.stream().map(View::of).toList());
    }

    /** Deletes a built template or a snapshot. At E2B snapshots are templates and share this route. */
    private void delete(HttpExchange exchange) throws IOException {
        var name = exchange.parameter("templateID");
        var built = templates.built().template(Caller.of(exchange), name);
        if (built.isPresent()) {
            templates.built().delete(built.get());
            exchange.empty(204);
            return;
        }
        var found = sandboxes.snapshots().find(Caller.of(exchange), name);
        if (found.isEmpty()) {
            throw refusals.deletion(exchange, name);
        }
        var snapshot = found.get();
        sandboxes.snapshots().delete(snapshot);
        exchange.empty(204);
    }

    private record Fork(@Nullable Integer count, @Nullable Integer timeout) {}

    private record Forked(SandboxViews.@Nullable Created sandbox, E2bException.@Nullable Body error) {}

    /** Makes one snapshot, starts the forks from it, then deletes it. */
    private void fork(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Fork.class);
        int count = Objects.requireNonNullElse(asked.count(), 1);
        if (count < 1 || count > MAX_FORKS) {
            throw new E2bException(400, "count must be from 1 to " + MAX_FORKS);
        }
        var original = owned.of(exchange);
        var timeout = TimeoutLimit.check(asked.timeout(), FORK_TIMEOUT, templates.of(original));
        var variables = sandboxes.snapshots().variables(original);
        var snapshot = sandboxes.snapshots().make(original, null);
        var forks = new ArrayList<Forked>();
        try {
            for (int i = 0; i < count; i++) {
                forks.add(fork(original, variables, snapshot, timeout));
            }
        } finally {
            sandboxes.snapshots().delete(snapshot);
        }
        exchange.json(201, forks);
    }

    private Forked fork(Sandbox original, Map<String, String> variables, Snapshot snapshot, Duration timeout) {
        try {
            var made = sandboxes.create(CreateSandbox.of(original.consumer(), templates.of(original))
                    .size(original.size())
                    .ttl(timeout)
                    .env(variables)
                    .metadata(original.metadata())
                    .terms(original.terms())
                    .snapshot(snapshot)
                    .build());
            return new Forked(views.created(made), null);
        } catch (SandboxException e) {
            return new Forked(null, ErrorMapping.rest(e).body());
        }
    }
}
