package dev.sandboxer.http.e2b.control;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Routes that end, extend, pause and resume sandboxes. */
final class LifecycleRoutes {
    private static final int CONNECT_TIMEOUT = 300;
    private static final int RESUME_TIMEOUT = 15;
    private static final int MIN_REFRESH = 15;
    private static final int MAX_REFRESH = 3600;

    private final Sandboxes sandboxes;
    private final Templates templates;
    private final SandboxViews views;
    private final OwnedSandboxes owned;
    private final InstantSource clock;

    LifecycleRoutes(
            Sandboxes sandboxes, OwnedSandboxes owned, Templates templates, SandboxViews views, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.templates = templates;
        this.views = views;
        this.owned = owned;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route("DELETE", "/sandboxes/{sandboxID}", owned.atItsHostOrElse(this::kill)),
                new Route("POST", "/sandboxes/{sandboxID}/timeout", owned.atItsHost(this::timeout)),
                new Route("POST", "/sandboxes/{sandboxID}/refreshes", owned.atItsHost(this::refresh)),
                new Route("POST", "/sandboxes/{sandboxID}/pause", owned.atItsHost(this::pause)),
                new Route("POST", "/sandboxes/{sandboxID}/resume", owned.atItsHost(this::resume)),
                new Route("POST", "/sandboxes/{sandboxID}/connect", owned.atItsHost(this::connect)),
                new Route("POST", "/v2/sandboxes/{sandboxID}/connect", owned.atItsHost(this::connect)));
    }

    // the bodies of the requests; fields that are not listed here are ignored

    private record Timeout(@Nullable Integer timeout) {}

    private record Refresh(@Nullable Integer duration) {}

    private record Pause(@Nullable Boolean memory) {}

    private record Resume(
            @Nullable Integer timeout,
            @Nullable Boolean memory,
            @Nullable Boolean autoPause) {}

    private record Connect(
            @Nullable Integer timeout, @Nullable Boolean memory) {}

    /** Refuses to resume without the memory, since a pause decides what is kept. */
    private static void requireMemory(@Nullable Boolean memory) {
        if (Boolean.FALSE.equals(memory)) {
            throw new E2bException(
                    400,
                    "memory: false is not supported here; to keep only the disk, pause with memory: false (keepMemory: false)");
        }
    }

    private void kill(HttpExchange exchange) {
        sandboxes.destroy(owned.of(exchange));
        exchange.empty(204);
    }

    private void timeout(HttpExchange exchange) throws IOException {
        var timeout = exchange.lenientJson(Timeout.class).timeout();
        if (timeout == null) {
            throw new E2bException(400, "timeout is required");
        }
        retryOnConflict(exchange, sandbox -> {
            requireRunning(sandbox);
            return extend(sandbox, Duration.ofSeconds(timeout));
        });
        exchange.empty(204);
    }

    private void refresh(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Refresh.class).duration();
        if (asked != null && (asked < 0 || asked > MAX_REFRESH)) {
            throw new E2bException(400, "duration must be from 0 to " + MAX_REFRESH + " s");
        }
        var duration = Duration.ofSeconds(Math.max(MIN_REFRESH, Objects.requireNonNullElse(asked, 0)));
        retryOnConflict(exchange, sandbox -> {
            requireRunning(sandbox);
            return extendOnly(sandbox, duration);
        });
        exchange.empty(204);
    }

    private static void requireRunning(Sandbox sandbox) {
        if (sandbox.state() != SandboxState.RUNNING) {
            throw new E2bException(409, "Sandbox \"" + sandbox.id() + "\" is not running");
        }
    }

    private void pause(HttpExchange exchange) throws IOException {
        var disk = Boolean.FALSE.equals(exchange.lenientJson(Pause.class).memory());
        retryOnConflict(exchange, sandbox -> {
            if (sandbox.state() == SandboxState.PAUSED) {
                throw new E2bException(409, "Sandbox \"" + sandbox.id() + "\" is already paused");
            }
            return disk ? sandboxes.pauseDisk(sandbox) : sandboxes.pause(sandbox);
        });
        exchange.empty(204);
    }

    private void resume(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Resume.class);
        requireMemory(asked.memory());
        var sandbox = owned.of(exchange);
        if (sandbox.state() != SandboxState.PAUSED) {
            throw new E2bException(409, "Sandbox \"" + sandbox.id() + "\" is already running");
        }
        if (asked.autoPause() != null && asked.autoPause() != (sandbox.terms().onTimeout() == OnTimeout.PAUSE)) {
            throw new E2bException(400, "autoPause can't be changed; set it when you create the sandbox");
        }
        exchange.json(201, views.created(wake(sandbox, asked.timeout(), RESUME_TIMEOUT)));
    }

    /** Resumes a paused sandbox. Extends the deadline of a running sandbox, and never shortens it. */
    private void connect(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Connect.class);
        requireMemory(asked.memory());
        var woken = new boolean[1];
        var sandbox = retryOnConflict(exchange, seen -> {
            var found = sandboxes.settled(seen);
            woken[0] = found.state() == SandboxState.PAUSED;
            return woken[0]
                    ? wake(found, asked.timeout(), CONNECT_TIMEOUT)
                    : extendIfPaid(found, TimeoutLimit.check(asked.timeout(), CONNECT_TIMEOUT, templates.of(found)));
        });
        exchange.json(woken[0] ? 201 : 200, views.created(sandbox));
    }

    private Sandbox wake(Sandbox sandbox, @Nullable Integer timeout, int defaultTimeout) {
        var profile = templates.of(sandbox);
        return sandboxes.resume(sandbox, TimeoutLimit.check(timeout, defaultTimeout, profile), profile);
    }

    /** Sets the deadline, limited by the longest life that the profile allows, as E2B does. */
    private Sandbox extend(Sandbox sandbox, Duration timeout) {
        var profile = templates.of(sandbox);
        return sandboxes.extendAsAllowed(sandbox, TimeoutLimit.check(timeout, profile), profile);
    }

    private Sandbox extendOnly(Sandbox sandbox, Duration timeout) {
        TimeoutLimit.check(timeout, templates.of(sandbox));
        return clock.instant().plus(timeout).isAfter(sandbox.deadline()) ? extend(sandbox, timeout) : sandbox;
    }

    /** Extends a running sandbox if its consumer can pay for more time. If not, connecting to the sandbox succeeds without more time. */
    private Sandbox extendIfPaid(Sandbox sandbox, Duration timeout) {
        try {
            return extendOnly(sandbox, timeout);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                return sandbox;
            }
            throw e;
        }
    }

    /** Makes a change, and repeats it if another request changed the sandbox at the same moment. */
    private Sandbox retryOnConflict(HttpExchange exchange, UnaryOperator<Sandbox> change) {
        return Conflicts.retry(() -> change.apply(owned.of(exchange)));
    }
}
