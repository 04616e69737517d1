package dev.sandboxer.http.e2b.control;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.http.e2b.envd.SandboxLogs;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Routes for metrics and logs. */
final class TelemetryRoutes {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,15}");
    private static final int MAX_LOGS = 1000;
    private static final int MAX_IDS = 100;

    private final Sandboxes sandboxes;
    private final UsageHistory usage;
    private final SandboxLogs logs;
    private final OwnedSandboxes owned;

    TelemetryRoutes(Sandboxes sandboxes, OwnedSandboxes owned, UsageHistory usage, SandboxLogs logs) {
        this.sandboxes = sandboxes;
        this.usage = usage;
        this.logs = logs;
        this.owned = owned;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/sandboxes/metrics", this::metricsOfSeveral),
                new Route("GET", "/sandboxes/{sandboxID}/metrics", owned.atItsHost(this::metrics)),
                new Route("GET", "/sandboxes/{sandboxID}/logs", owned.atItsHost(this::logs)),
                new Route("GET", "/v2/sandboxes/{sandboxID}/logs", owned.atItsHost(this::logsNewestLast)));
    }

    private void metrics(HttpExchange exchange) throws IOException {
        var sandbox = owned.of(exchange);
        var from = time(exchange, "start", 1000, Instant.EPOCH);
        var to = time(exchange, "end", 1000, Instant.MAX);
        exchange.json(
                200,
                usage.of(sandbox).stream()
                        .filter(one -> !one.timestamp().isBefore(from)
                                && !one.timestamp().isAfter(to))
                        .toList());
    }

    private record Several(Map<String, UsageHistory.Sample> sandboxes) {}

    /**
     * Returns the samples of a sandbox; empty if the server of its host can't be reached, so that the answer still has the other sandboxes.
     */
    private Optional<List<UsageHistory.Sample>> samples(Sandbox sandbox) {
        try {
            return Optional.of(usage.of(sandbox));
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.HOST_AWAY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Answers with the newest sample of each sandbox that is named. */
    private void metricsOfSeveral(HttpExchange exchange) throws IOException {
        var text = exchange.query("sandbox_ids");
        var ids = text == null || text.isEmpty() ? List.<String>of() : List.of(text.split(","));
        if (ids.isEmpty() || ids.size() > MAX_IDS) {
            throw new E2bException(400, "sandbox_ids must name 1 to " + MAX_IDS + " sandboxes");
        }
        var found = new LinkedHashMap<String, UsageHistory.Sample>();
        for (String id : ids) {
            sandboxes
                    .find(Targets.sandboxId(id))
                    .filter(sandbox -> sandbox.consumer().equals(Caller.of(exchange)))
                    .flatMap(this::samples)
                    .filter(samples -> !samples.isEmpty())
                    .ifPresent(samples -> found.put(id, samples.getLast()));
        }
        exchange.json(200, new Several(found));
    }

    /**
     * Parses a time of the query.
     *
     * @param millis the unit of the parameter in milliseconds: 1000 on some of E2B's routes, 1 on others
     */
    private static Instant time(HttpExchange exchange, String name, int millis, Instant otherwise) {
        var text = exchange.query(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new E2bException(400, name + " must be a Unix time");
        }
        return Instant.ofEpochMilli(Long.parseLong(text) * millis);
    }

    private record Line(Instant timestamp, String line) {}

    private record Entry(Instant timestamp, String message, String level, Map<String, String> fields) {}

    private record Logs(List<Line> logs, List<Entry> logEntries) {}

    private record NewLogs(List<Entry> logs) {}

    private void logs(HttpExchange exchange) throws IOException {
        var entries = entries(exchange, "start");
        var lines = entries.stream()
                .map(entry -> new Line(entry.timestamp(), line(entry)))
                .toList();
        exchange.json(200, new Logs(lines, entries));
    }

    private void logsNewestLast(HttpExchange exchange) throws IOException {
        exchange.json(200, new NewLogs(entries(exchange, "cursor")));
    }

    private static String line(Entry entry) {
        var all = new TreeMap<>(entry.fields());
        all.put("message", entry.message());
        all.put("level", entry.level());
        return new String(WireJson.bytes(all), StandardCharsets.UTF_8);
    }

    private List<Entry> entries(HttpExchange exchange, String startName) {
        var sandbox = owned.of(exchange);
        var start = time(exchange, startName, 1, Instant.EPOCH);
        var limit = limit(exchange.query("limit"));
        var all = new ArrayList<Entry>();
        all.add(entry(sandbox.createdAt(), "sandbox created", life(sandbox)));
        if (sandbox.startedAt() != null) {
            all.add(entry(sandbox.startedAt(), "sandbox started", life(sandbox)));
        }
        var id = sandbox.id();
        logs.of(id).forEach(one -> all.add(entry(one.at(), one.message(), fields(id, one.fields()))));
        var wanted =
                all.stream().filter(entry -> !entry.timestamp().isBefore(start)).toList();
        return wanted.subList(0, Math.min(limit, wanted.size()));
    }

    private static Entry entry(Instant at, String message, Map<String, String> fields) {
        return new Entry(at, message, "info", fields);
    }

    private static Map<String, String> life(Sandbox sandbox) {
        return fields(sandbox.id(), Map.of("extension", String.valueOf(sandbox.extension())));
    }

    private static Map<String, String> fields(SandboxId sandbox, Map<String, String> more) {
        var fields = new TreeMap<>(more);
        fields.put("sandbox", sandbox.value());
        fields.put("logger", "sandboxer");
        return fields;
    }

    private static int limit(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return MAX_LOGS;
        }
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) < 0) {
            throw new E2bException(400, "limit must be a number");
        }
        return (int) Math.min(MAX_LOGS, Long.parseLong(text));
    }
}
