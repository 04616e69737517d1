package dev.sandboxer.e2b;

import dev.sandboxer.e2b.control.ControlClient;
import dev.sandboxer.e2b.control.SandboxView;
import dev.sandboxer.e2b.envd.EnvdTarget;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HttpTarget;
import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Addresses and headers by which sandboxes are reached over HTTP. Only E2B's control plane knows them; since a sandbox keeps
 * its token, its domain and its daemon as long as it lives, it is asked once. Thread-safe.
 */
final class HttpTargets {
    private static final int MOST = 10_000;

    private final ControlClient control;
    private final E2bAccount account;

    /** Least recently used first. */
    private final Map<BackendRef, SandboxView> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<BackendRef, SandboxView> eldest) {
                    return size() > MOST;
                }
            });

    HttpTargets(ControlClient control, E2bAccount account) {
        this.control = control;
        this.account = account;
    }

    /**
     * @throws ExtensionException {@code GONE}; {@code TRANSIENT} when it is paused; {@code UNSUPPORTED} when its daemon is too old
     */
    HttpTarget of(BackendRef sandbox, int port) {
        var view = known.get(sandbox);
        if (view == null) {
            view = control.get(sandbox);
            if (view.paused()) {
                throw ExtensionException.notApplied(Kind.TRANSIENT, "the sandbox " + sandbox + " is paused");
            }
            known.put(sandbox, view);
        }
        return port == EnvdTarget.PORT ? daemon(view) : server(view, port);
    }

    void forget(BackendRef sandbox) {
        known.remove(sandbox);
    }

    private HttpTarget daemon(SandboxView view) {
        if (!view.envd().servesTodaysClients()) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED,
                    "the daemon in the sandbox " + view.ref() + " is older than today's clients expect");
        }
        var headers = headers(view, EnvdTarget.PORT);
        if (view.token() != null) {
            headers.put("X-Access-Token", view.token());
        }
        return target(view, EnvdTarget.PORT, headers);
    }

    private HttpTarget server(SandboxView view, int port) {
        var headers = headers(view, port);
        if (view.trafficToken() != null) {
            headers.put("E2b-Traffic-Access-Token", Objects.requireNonNull(view.trafficToken()));
        }
        return target(view, port, headers);
    }

    private static Map<String, String> headers(SandboxView view, int port) {
        var headers = new HashMap<String, String>();
        headers.put("E2b-Sandbox-Id", view.ref().value());
        headers.put("E2b-Sandbox-Port", Integer.toString(port));
        return headers;
    }

    private HttpTarget target(SandboxView view, int port, Map<String, String> headers) {
        return new HttpTarget(URI.create(account.sandboxOrigin(view.ref().value(), view.domain(), port)), headers);
    }
}
