package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.redaction.Redaction;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Client of E2B's control plane, {@code spec/openapi.yml}: JSON over HTTP with the key in {@code X-API-KEY}. Retries
 * reads and removals a few times, and never a creation. Thread-safe.
 */
public final class ControlClient {
    private static final int TRIES = 3;
    private static final int PAGE = 100;
    private static final int MAX_PAGES = 1000;
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final HttpCalls http;
    private final String apiUrl;
    private final String key;
    private final ControlErrorMapper errors;
    private final InstantSource clock;

    /** Null until the server has answered. Older servers have only the first version of creating and connecting. */
    private volatile @Nullable Boolean hasV2;

    public ControlClient(HttpCalls http, String apiUrl, String key, InstantSource clock) {
        this.clock = clock;
        this.http = http;
        this.apiUrl = apiUrl;
        this.key = key;
        this.errors = new ControlErrorMapper(new Redaction(key));
    }

    ControlErrorMapper errors() {
        return errors;
    }

    /** Checks the key by requesting a list of one sandbox. */
    public void check() {
        read("/v2/sandboxes?limit=1", "checking the key", null);
    }

    /** Creates a sandbox and returns its id. Sends at most one request that can take effect. */
    String create(ObjectNode request) {
        var action = "creating a sandbox";
        var firstVersionRequest = request.deepCopy().put("secure", true); // the second version is always secure
        var reply = versioned("/sandboxes", request, firstVersionRequest, action);
        if (!reply.isSuccess()) {
            throw errors.refused(reply, action, null);
        }
        try {
            return SandboxView.id(reply.json().path("sandboxID").asString(""));
        } catch (IllegalArgumentException e) {
            throw errors.malformed(action, "no sandboxID");
        }
    }

    /** Wakes a sandbox and returns true if it was paused. For a running sandbox E2B can only extend the time, not shorten it. */
    boolean connect(BackendRef sandbox, long seconds) {
        var action = "resuming a sandbox";
        var body = E2bJson.object().put("timeout", seconds);
        var reply = versioned("/sandboxes/" + sandbox + "/connect", body, body, action);
        if (!reply.isSuccess()) {
            throw errors.refused(reply, action, sandbox);
        }
        return reply.status() == 201;
    }

    public SandboxView get(BackendRef sandbox) {
        var action = "describing a sandbox";
        var reply = read("/sandboxes/" + sandbox, action, sandbox);
        return view(reply.json(), reply.aheadOf(clock.instant()), action);
    }

    /** Returns a sandbox that has one of our tags; empty when it is gone. */
    public Optional<SandboxView> find(BackendRef sandbox) {
        try {
            var view = get(sandbox);
            if (view.tag() == null) {
                throw errors.malformed("describing a sandbox", "no tag of sand-boxer");
            }
            return Optional.of(view);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Returns all running and paused sandboxes whose metadata has this key with this value. Fails rather than returning only some of them.
     */
    public List<SandboxView> list(String key, String value) {
        var action = "listing sandboxes";
        // a query inside the query: its parts are escaped twice
        var pair = escape(escape(key) + "=" + escape(value));
        var path = "/v2/sandboxes?metadata=" + pair + "&state=running%2Cpaused&limit=" + PAGE;
        var found = new ArrayList<SandboxView>();
        for (Page page : pages(path, action)) {
            for (JsonNode one : page.list()) {
                if (one.path("metadata").path(key).asString("").equals(value)) {
                    found.add(view(one, page.ahead(), action));
                }
            }
        }
        return found;
    }

    /** Returns samples of a sandbox's usage since a time, rounded down to the second, oldest first. */
    List<JsonNode> metrics(BackendRef sandbox, Instant since) {
        var action = "measuring a sandbox";
        var path = "/sandboxes/" + sandbox + "/metrics?start=" + since.getEpochSecond();
        var samples = read(path, action, sandbox).json();
        if (!samples.isArray()) {
            throw errors.malformed(action, "no list");
        }
        return samples.valueStream().toList();
    }

    /** Like {@link #list}, but asks again when the first list is empty, since one empty list proves nothing. */
    public List<SandboxView> listTwice(String key, String value) {
        var found = list(key, value);
        if (!found.isEmpty()) {
            return found;
        }
        pause(1, null, "listing sandboxes");
        return list(key, value);
    }

    /** Ends a sandbox; does nothing when it is gone. */
    public void kill(BackendRef sandbox) {
        var action = "ending a sandbox";
        var reply = withRetries(
                () -> call(
                        "DELETE", "/sandboxes/" + sandbox, null, http.timeouts().longWork()),
                action);
        if (!reply.isSuccess() && !reply.isNotFound()) {
            throw errors.refused(reply, action, sandbox);
        }
    }

    Reply timeout(BackendRef sandbox, long seconds) {
        var body = E2bJson.object().put("timeout", seconds);
        // the timeout counts from the request, so a retry would set a later deadline
        return once(
                "POST",
                "/sandboxes/" + sandbox + "/timeout",
                body,
                "moving a deadline",
                http.timeouts().response());
    }

    Reply pause(BackendRef sandbox, boolean memory) {
        var path = "/sandboxes/" + sandbox + "/pause";
        return once(
                "POST",
                path,
                memory ? E2bJson.object() : E2bJson.object().put("memory", false),
                "pausing a sandbox",
                http.timeouts().longWork());
    }

    /** Makes a snapshot and returns its id. */
    String snapshot(BackendRef sandbox, String name) {
        var action = "making a snapshot";
        var path = "/sandboxes/" + sandbox + "/snapshots";
        var reply = once(
                "POST",
                path,
                E2bJson.object().put("name", name),
                action,
                http.timeouts().longWork());
        if (!reply.isSuccess()) {
            throw errors.refused(reply, action, sandbox);
        }
        var id = reply.json().path("snapshotID").asString("");
        if (id.isEmpty()) {
            throw errors.malformed(action, "no snapshotID");
        }
        return id;
    }

    /** Returns all snapshots of the account: objects with {@code snapshotID} and {@code names}. */
    List<JsonNode> snapshots() {
        return pages("/snapshots?limit=" + PAGE, "listing snapshots").stream()
                .flatMap(page -> page.list().valueStream())
                .toList();
    }

    void deleteTemplate(String id) {
        var action = "deleting a snapshot";
        var reply = withRetries(
                () -> call(
                        "DELETE",
                        "/templates/" + escape(id),
                        null,
                        http.timeouts().response()),
                action);
        if (!reply.isSuccess() && !reply.isNotFound()) {
            throw errors.refused(reply, action, null);
        }
    }

    private interface Call {
        Reply send() throws CallFailedException;
    }

    /**
     * One page of a list.
     *
     * @param ahead how far the server's clock is ahead of ours
     */
    private record Page(JsonNode list, Duration ahead) {}

    private List<Page> pages(String path, String action) {
        var all = new ArrayList<Page>();
        var tokens = new HashSet<String>();
        var next = Optional.of("");
        while (next.isPresent()) {
            var token = next.get();
            if (!tokens.add(token) || tokens.size() > MAX_PAGES) {
                throw errors.malformed(action, "pages without end");
            }
            var reply = read(token.isEmpty() ? path : path + "&nextToken=" + escape(token), action, null);
            var list = reply.json();
            if (!list.isArray()) {
                throw errors.malformed(action, "no list");
            }
            all.add(new Page(list, reply.aheadOf(clock.instant())));
            next = reply.headers().firstValue("X-Next-Token").filter(text -> !text.isEmpty());
        }
        return all;
    }

    /** @param ahead how far the server's clock is ahead of ours */
    private SandboxView view(JsonNode json, Duration ahead, String action) {
        try {
            return SandboxView.of(json).earlierBy(ahead);
        } catch (IOException e) {
            throw errors.malformed(action, String.valueOf(e.getMessage()));
        }
    }

    /** Reads with retries. Every failure has effect {@code NOT_APPLIED}, since a read changes nothing. */
    private Reply read(String path, String action, @Nullable BackendRef sandbox) {
        try {
            var reply =
                    withRetries(() -> call("GET", path, null, http.timeouts().response()), action);
            if (reply.isSuccess()) {
                return reply;
            }
            throw errors.refused(reply, action, sandbox);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /**
     * Posts to the second version of a call, or to the first if the server has no second. A 404 may mean an unknown
     * path as well as an unknown sandbox or template. It changed nothing, so the first version is tried too; for an
     * unknown sandbox or template that answers 404 again.
     */
    private Reply versioned(String path, ObjectNode body, ObjectNode firstVersionBody, String action) {
        if (!Boolean.FALSE.equals(hasV2)) {
            var reply = once("POST", "/v2" + path, body, action, http.timeouts().longWork());
            if (reply.isSuccess()) { // a gateway that refuses a call says nothing about versions
                hasV2 = true;
            }
            var isAbsent = reply.status() == 404 || reply.status() == 405;
            if (!isAbsent || Boolean.TRUE.equals(hasV2)) {
                return reply;
            }
        }
        var reply = once("POST", path, firstVersionBody, action, http.timeouts().longWork());
        if (reply.isSuccess()) {
            hasV2 = false;
        }
        return reply;
    }

    private Reply once(String method, String path, @Nullable ObjectNode body, String action, Duration limit) {
        try {
            return call(method, path, body, limit);
        } catch (CallFailedException e) {
            throw errors.failed(e, action);
        }
    }

    private Reply withRetries(Call call, String action) {
        for (int tries = 1; ; tries++) {
            try {
                var reply = call.send();
                var retryAfter = reply.retryAfter();
                if (tries == TRIES
                        || !isTransient(reply.status())
                        || retryAfter != null && retryAfter.compareTo(MAX_PAUSE) > 0) {
                    return reply;
                }
                pause(tries, retryAfter, action);
            } catch (CallFailedException e) {
                if (tries == TRIES || e.interrupted()) {
                    throw errors.failed(e, action);
                }
                pause(tries, null, action);
            }
        }
    }

    private static boolean isTransient(int status) {
        return status == 429 || status == 409 || status >= 500 && status != 501;
    }

    private void pause(int tries, @Nullable Duration retryAfter, String action) {
        var own = http.timeouts().retryDelay().multipliedBy(1L << tries);
        var wait = retryAfter == null
                ? Duration.ofNanos(ThreadLocalRandom.current().nextLong(own.toNanos() / 2, own.toNanos() + 1))
                : retryAfter;
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, action + " at E2B: interrupted", e);
        }
    }

    private Reply call(String method, String path, @Nullable ObjectNode body, Duration limit)
            throws CallFailedException {
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(E2bJson.bytes(body));
        HttpRequest.Builder request =
                HttpCalls.request(apiUrl + path).header("X-API-KEY", key).method(method, publisher);
        return http.call(body == null ? request : request.header("Content-Type", "application/json"), limit);
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
