package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.passage.OriginConnection;
import dev.sandboxer.http.passage.Origins;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.Limits;
import dev.sandboxer.http.ports.Onward;
import dev.sandboxer.http.ports.PortForwarder;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import dev.sandboxer.lifecycle.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests for what is on another host to the server of that host, as they came: that server authenticates them itself.
 * Thread-safe.
 */
public final class Handover {
    /** Marks a request that was handed on. It goes no further, so no two servers can send it to and fro. */
    static final String MARK = "X-Sandboxer-Handed-On";

    private static final int MOST_REMEMBERED = 10_000;

    private final Hosts hosts;
    private final Origins origins;

    /** The hosts of sandboxes that are elsewhere, which they never leave. A row is read for the first call into each only. */
    private final RecentlyUsed<SandboxId, String> elsewhere = new RecentlyUsed<>(MOST_REMEMBERED);

    private final PortForwarder forwarder = new PortForwarder(Limits.DEFAULT);

    public Handover(Hosts hosts, Origins origins) {
        this.hosts = hosts;
        this.origins = origins;
    }

    /** Returns true if there may be other hosts. */
    public boolean isPossible() {
        return hosts.areShared();
    }

    /**
     * Hands on a call into a sandbox that was on another host before. Returns false if that is not known.
     *
     * @throws SandboxException {@code HOST_AWAY}
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
     * Hands on a call into a sandbox that is on another host. Returns false if it is on this one.
     *
     * @throws SandboxException {@code HOST_AWAY}
     */
    public boolean answer(SandboxCall call) {
        var place = hosts.of(call.sandbox().host());
        if (place instanceof Place.Here) {
            return false;
        }
        call.close(); // the server that runs the sandbox cuts it when it has to
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
                    what + " is on another host (" + host + "), whose server, " + address + ", gave no answer ("
                            + e.getMessage() + "); look whether it has done what was asked, then try again",
                    e);
        } catch (RequestRefusedException e) {
            throw new E2bException(e.status(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            hosts.forget(host);
            throw hosts.unreachable(what, host, address);
        }
    }

    private void forward(HttpExchange exchange, URI address, OriginConnection connection) {
        var onward = new Onward(target(exchange, address), status -> {});
        var forwarding = new Forwarding(host(exchange, address), header -> false, Map.of(MARK, "1"), onward);
        var request = exchange.wholeRequest();
        try {
            forwarder.forward(request, exchange.response(), exchange.callback(), connection, forwarding);
        } catch (RuntimeException e) {
            exchange.reopen();
            throw e;
        }
    }

    /** As it was sent: it may say which sandbox is meant. */
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
