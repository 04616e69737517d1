package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.origin.OriginConnection;
import dev.sandboxer.http.origin.Origins;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import dev.sandboxer.http.ports.UpstreamProxy;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forwards requests for sandboxes and snapshots on another host to that host's server. The requests stay unchanged, because that server
 * authenticates them itself. Thread-safe.
 */
public final class PeerForwarding {
    /** Marks a forwarded request. A marked request is not forwarded again, so it can't loop between servers. */
    static final String MARK = "X-Sandboxer-Forwarded";

    private static final int MAX_REMEMBERED = 10_000;

    private final Hosts hosts;
    private final Origins origins;

    /**
     * The hosts of recently used sandboxes on other hosts. A sandbox never leaves its host, so only the first call into it has to
     * read its row.
     */
    private final RecentlyUsed<SandboxId, String> elsewhere = new RecentlyUsed<>(MAX_REMEMBERED);

    private final ExchangeForwarder forwarder = new ExchangeForwarder();

    public PeerForwarding(Hosts hosts, Origins origins) {
        this.hosts = hosts;
        this.origins = origins;
    }

    /** Returns true if there may be other hosts. */
    public boolean isPossible() {
        return hosts.mayHaveOthers();
    }

    /**
     * Forwards a call if its sandbox is known to be on another host, without reading the sandbox's row. Returns false if no other host is
     * known.
     *
     * @throws SandboxException {@code HOST_AWAY} if that host's server can't be reached
     */
    public boolean answerKnown(HttpExchange exchange, SandboxId id) {
        var host = elsewhere.get(id);
        if (host == null || exchange.header(MARK) != null) {
            return false;
        }
        if (!(hosts.of(host) instanceof Place.At at)) {
            elsewhere.remove(id);
            return false;
        }
        pass(exchange, "sandbox " + id, at);
        return true;
    }

    /**
     * Forwards a call if its sandbox is on another host. Returns false if the sandbox is on this host.
     *
     * @throws SandboxException {@code HOST_AWAY} if that host's server can't be reached
     */
    public boolean answer(SandboxCall call) {
        var place = hosts.of(call.sandbox().host());
        if (place instanceof Place.Here) {
            return false;
        }
        call.close(); // the other server cuts the call when the sandbox is paused or ends
        if (call.sandbox().host() instanceof String host) {
            elsewhere.put(call.id(), host);
        }
        pass(call.exchange(), name(call.sandbox()), place);
        return true;
    }

    /** Like {@link #answer(SandboxCall)}, for a request about a sandbox. */
    public boolean answer(HttpExchange exchange, Sandbox sandbox) {
        return answer(exchange, name(sandbox), sandbox.host());
    }

    /** Like {@link #answer(SandboxCall)}, for a request about a snapshot. */
    public boolean answer(HttpExchange exchange, Snapshot snapshot) {
        return answer(exchange, "snapshot " + snapshot.id(), snapshot.host());
    }

    private boolean answer(HttpExchange exchange, String what, @Nullable String host) {
        var place = hosts.of(host);
        if (place instanceof Place.Here) {
            return false;
        }
        pass(exchange, what, place);
        return true;
    }

    private static String name(Sandbox sandbox) {
        return "sandbox " + sandbox.id();
    }

    private void pass(HttpExchange exchange, String what, Place place) {
        switch (place) {
            case Place.At(var host, var address)
            when exchange.header(MARK) == null -> pass(exchange, what, host, address);
            case Place.At there -> throw hosts.away(what, there.host());
            case Place.Away gone -> throw hosts.away(what, gone.host());
            case Place.Here() -> throw new IllegalArgumentException(what + " is here");
        }
    }

    private void pass(HttpExchange exchange, String what, String host, URI address) {
        try {
            forward(exchange, address, origins.connect(new HttpTarget(address, Map.of())));
        } catch (PortUnavailableException e) {
            hosts.forget(host);
            throw new SandboxException(
                    ErrorCode.HOST_AWAY,
                    what + " is on another host (" + host + "): its server, " + address + ", gave no answer ("
                            + e.getMessage() + "); check whether the request took effect, then try again",
                    e);
        } catch (RequestRefusedException e) {
            throw new E2bException(e.status(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            hosts.forget(host);
            throw hosts.away(what, host, address);
        }
    }

    private void forward(HttpExchange exchange, URI address, OriginConnection connection) {
        var onward = new UpstreamProxy(target(exchange, address), status -> {});
        var forwarding = new Forwarding(host(exchange, address), header -> false, Map.of(MARK, "1"), onward);
        forwarder.forward(exchange, connection, forwarding);
    }

    /** Returns the host as it was sent, since it may name the sandbox. */
    private static String host(HttpExchange exchange, URI address) {
        var host = exchange.header("Host");
        return host != null
                ? host
                : Objects.requireNonNullElse(exchange.request().getHttpURI().getAuthority(), address.getRawAuthority());
    }

    private static String target(HttpExchange exchange, URI address) {
        var query = exchange.request().getHttpURI().getQuery();
        return Objects.requireNonNullElse(address.getRawPath(), "")
                + exchange.path()
                + (query == null ? "" : "?" + query);
    }
}
