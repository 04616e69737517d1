package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.Redaction;
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
 * E2B's control plane, {@code spec/openapi.yml}: JSON over HTTP with the key in {@code X-API-KEY}. What may be repeated
 * without harm (reads and removals) is, a few times; a creation never. Thread-safe.
 */
public final class ControlClient {
    private static final int TRIES = 3;
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 1000;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final HttpCalls http;
    private final String apiUrl;
    private final String key;
    private final ControlErrorMapper errors;
    private final InstantSource clock;

    /** SDKs before 2.51 and older servers have only the first version; null until a server has answered. */
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

    /** Checks the key by asking for the shortest list there is. */
    public void check() {
        read("/v2/sandboxes?limit=1", "asking for access", null);
    }

    /** The new sandbox's id. Sends at most one request that can take effect. */
    String create(ObjectNode asked) {
        var doing = "creating a sandbox";
        var old = asked.deepCopy().put("secure", true); // what the second version always does
        var reply = versioned("/sandboxes", asked, old, doing);
        if (!reply.isSuccess()) {
            throw errors.refused(reply, doing, null);
        }
        try {
            return SandboxView.id(reply.json().path("sandboxID").asString(""));
        } catch (IllegalArgumentException e) {
            throw errors.malformed(doing, "no sandboxID");
        }
    }

    /** Wakes a paused sandbox; true when it was one. Of a running one the time is only ever made longer. */
    boolean connect(BackendRef sandbox, long seconds) {
        var doing = "resuming a sandbox";
        var body = E2bJson.object().put("timeout", seconds);
        var reply = versioned("/sandboxes/" + sandbox + "/connect", body, body, doing);
        if (!reply.isSuccess()) {
            throw errors.refused(reply, doing, sandbox);
        }
        return reply.status() == 201;
    }

    public SandboxView get(BackendRef sandbox) {
        var doing = "describing a sandbox";
        var reply = read("/sandboxes/" + sandbox, doing, sandbox);
        return view(reply.json(), reply.aheadOf(clock.instant()), doing);
    }

    /** A sandbox that was made here, which has a tag; empty when it is gone. */
    public Optional<SandboxView> find(BackendRef sandbox) {
        try {
            var view = get(sandbox);
            if (view.tag() == null) {
                throw errors.malformed("describing a sandbox", "none of our tags");
            }
            return Optional.of(view);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All sandboxes, running and paused, whose metadata has that pair; fails rather than returning a part. */
    public List<SandboxView> list(String key, String value) {
        var doing = "listing sandboxes";
        // a query inside the query, whose parts are escaped by themselves
        var pair = escape(escape(key) + "=" + escape(value));
        var path = "/v2/sandboxes?metadata=" + pair + "&state=running%2Cpaused&limit=" + PAGE;
        var found = new ArrayList<SandboxView>();
        for (Page page : pages(path, doing)) {
            for (JsonNode one : page.list()) {
                if (one.path("metadata").path(key).asString("").equals(value)) {
                    found.add(view(one, page.ahead(), doing));
                }
            }
        }
        return found;
    }

    /** Samples of what it uses, oldest first, from the second before that time on. */
    List<JsonNode> metrics(BackendRef sandbox, Instant since) {
        var doing = "measuring a sandbox";
        var path = "/sandboxes/" + sandbox + "/metrics?start=" + since.getEpochSecond();
        var samples = read(path, doing, sandbox).json();
        if (!samples.isArray()) {
            throw errors.malformed(doing, "no list");
        }
        return samples.valueStream().toList();
    }

    /** Like {@link #list}, but asks a second time when the first list is empty, which alone proves nothing. */
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
        var doing = "ending a sandbox";
        var reply = repeated(
                () -> call(
                        "DELETE", "/sandboxes/" + sandbox, null, http.timeouts().longWork()),
                doing);
        if (!reply.isSuccess() && !reply.isNotFound()) {
            throw errors.refused(reply, doing, sandbox);
        }
    }

    Reply timeout(BackendRef sandbox, long seconds) {
        var body = E2bJson.object().put("timeout", seconds);
        // an instant from now on: late by as much as a repetition takes
        return once(
                "POST",
                "/sandboxes/" + sandbox + "/timeout",
                body,
                "moving a deadline",
                http.timeouts().response());
    }

    Reply pause(BackendRef sandbox) {
        var path = "/sandboxes/" + sandbox + "/pause";
        return once(
                "POST",
                path,
                E2bJson.object(),
                "pausing a sandbox",
                http.timeouts().longWork());
    }

    /** The new snapshot's id. */
    String snapshot(BackendRef sandbox, String name) {
        var doing = "making a snapshot";
        var path = "/sandboxes/" + sandbox + "/snapshots";
        var reply = once(
                "POST",
                path,
                E2bJson.object().put("name", name),
                doing,
                http.timeouts().longWork());
        if (!reply.isSuccess()) {
            throw errors.refused(reply, doing, sandbox);
        }
        var id = reply.json().path("snapshotID").asString("");
        if (id.isEmpty()) {
            throw errors.malformed(doing, "no snapshotID");
        }
        return id;
    }

    /** All snapshots of the account: objects with {@code snapshotID} and {@code names}. */
    List<JsonNode> snapshots() {
        return pages("/snapshots?limit=" + PAGE, "listing snapshots").stream()
                .flatMap(page -> page.list().valueStream())
                .toList();
    }

    void deleteTemplate(String id) {
        var doing = "deleting a snapshot";
        var reply = repeated(
                () -> call(
                        "DELETE",
                        "/templates/" + escape(id),
                        null,
                        http.timeouts().response()),
                doing);
        if (!reply.isSuccess() && !reply.isNotFound()) {
            throw errors.refused(reply, doing, null);
        }
    }

    private interface Call {
        Reply send() throws CallFailedException;
    }

    /**
     * One answer of several that make a list.
     *
     * @param ahead by how much the clock over there is
     */
    private record Page(JsonNode list, Duration ahead) {}

    private List<Page> pages(String path, String doing) {
        var all = new ArrayList<Page>();
        var tokens = new HashSet<String>();
        var next = Optional.of("");
        while (next.isPresent()) {
            var token = next.get();
            if (!tokens.add(token) || tokens.size() > MOST_PAGES) {
                throw errors.malformed(doing, "pages without end");
            }
            var reply = read(token.isEmpty() ? path : path + "&nextToken=" + escape(token), doing, null);
            var list = reply.json();
            if (!list.isArray()) {
                throw errors.malformed(doing, "no list");
            }
            all.add(new Page(list, reply.aheadOf(clock.instant())));
            next = reply.headers().firstValue("X-Next-Token").filter(text -> !text.isEmpty());
        }
        return all;
    }

    /**
     * @param ahead by how much the clock over there is
     */
    private SandboxView view(JsonNode json, Duration ahead, String doing) {
        try {
            return SandboxView.of(json).earlier(ahead);
        } catch (IOException e) {
            throw errors.malformed(doing, String.valueOf(e.getMessage()));
        }
    }

    /** Whatever goes wrong, a read has changed nothing. */
    private Reply read(String path, String doing, @Nullable BackendRef sandbox) {
        try {
            var reply = repeated(() -> call("GET", path, null, http.timeouts().response()), doing);
            if (reply.isSuccess()) {
                return reply;
            }
            throw errors.refused(reply, doing, sandbox);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /**
     * The second version, or the first where the server has no other. A 404 changed nothing, and says nothing of the version
     * when a template or a sandbox is meant: then the first version says 404 too.
     */
    private Reply versioned(String path, ObjectNode body, ObjectNode old, String doing) {
        if (!Boolean.FALSE.equals(hasV2)) {
            var reply = once("POST", "/v2" + path, body, doing, http.timeouts().longWork());
            if (reply.isSuccess()) { // a refusal may come from a gateway, which knows nothing of versions
                hasV2 = true;
            }
            var absent = reply.status() == 404 || reply.status() == 405;
            if (!absent || Boolean.TRUE.equals(hasV2)) {
                return reply;
            }
        }
        var reply = once("POST", path, old, doing, http.timeouts().longWork());
        if (reply.isSuccess()) {
            hasV2 = false;
        }
        return reply;
    }

    private Reply once(String method, String path, @Nullable ObjectNode body, String doing, Duration limit) {
        try {
            return call(method, path, body, limit);
        } catch (CallFailedException e) {
            throw errors.failed(e, doing);
        }
    }

    private Reply repeated(Call call, String doing) {
        for (int tries = 1; ; tries++) {
            try {
                var reply = call.send();
                var asked = reply.retryAfter();
                if (tries == TRIES
                        || !isTransient(reply.status())
                        || asked != null && asked.compareTo(LONGEST_PAUSE) > 0) {
                    return reply;
                }
                pause(tries, asked, doing);
            } catch (CallFailedException e) {
                if (tries == TRIES || e.interrupted()) {
                    throw errors.failed(e, doing);
                }
                pause(tries, null, doing);
            }
        }
    }

    private static boolean isTransient(int status) {
        return status == 429 || status == 409 || status >= 500 && status != 501;
    }

    private void pause(int tries, @Nullable Duration asked, String doing) {
        var own = http.timeouts().retryDelay().multipliedBy(1L << tries);
        var wait = asked == null
                ? Duration.ofNanos(ThreadLocalRandom.current().nextLong(own.toNanos() / 2, own.toNanos() + 1))
                : asked;
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, doing + " at E2B: interrupted", e);
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
