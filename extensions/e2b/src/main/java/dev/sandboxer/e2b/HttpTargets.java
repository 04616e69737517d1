package dev.sandboxer.e2b;

import dev.sandboxer.e2b.control.ControlClient;
import dev.sandboxer.e2b.control.SandboxView;
import dev.sandboxer.e2b.envd.EnvdTarget;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.HttpTarget;
import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Addresses and headers for HTTP requests to sandboxes. Asks E2B's control plane once for each sandbox, since a sandbox
 * keeps its token, domain and daemon for life. Thread-safe.
 */
final class HttpTargets {
    private static final int MAX_ENTRIES = 10_000;

    private final ControlClient control;
    private final E2bAccount account;

    /** Least recently used first. */
    private final Map<BackendRef, SandboxView> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<BackendRef, SandboxView> eldest) {
                    return size() > MAX_ENTRIES;
                }
            });

    HttpTargets(ControlClient control, E2bAccount account) {
        this.control = control;
        this.account = account;
    }

    /**
     * @throws ExtensionException {@code GONE} when the sandbox has ended; {@code TRANSIENT} when it is paused;
     *     {@code UNSUPPORTED} when its daemon is too old
     */
    HttpTarget of(BackendRef sandbox, int port) {
        var view = known.get(sandbox);
        if (view == null) {
            view = control.get(sandbox);
            if (view.paused()) {
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT, "the sandbox " + sandbox + " is paused; resume it first");
            }
            known.put(sandbox, view);
        }
        return port == EnvdTarget.PORT ? daemon(view) : server(view, port);
    }

    void forget(BackendRef sandbox) {
        known.remove(sandbox);
    }

    private HttpTarget daemon(SandboxView view) {
        if (!view.access().envd().servesCurrentClients()) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED,
                    "the daemon in the sandbox " + view.ref()
                            + " is too old for current clients; rebuild its template");
        }
        var headers = headers(view, EnvdTarget.PORT);
        var token = view.access().token();
        if (token != null) {
            headers.put("X-Access-Token", token);
        }
        return target(view, EnvdTarget.PORT, headers);
    }

    private HttpTarget server(SandboxView view, int port) {
        var headers = headers(view, port);
        var token = view.access().trafficToken();
        if (token != null) {
            headers.put("E2b-Traffic-Access-Token", token);
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
        var origin = account.sandboxOrigin(view.ref().value(), view.access().domain(), port);
        return new HttpTarget(URI.create(origin), headers);
    }
}
