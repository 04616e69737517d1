package dev.sandboxer.http.modal.tunnel;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.observe.Schedule;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tunnels of this server. Each open port of a sandbox gets a TCP port on the address that the server listens on, which leads to
 * the sandbox's port and nowhere else. As at Modal, connections need no authentication.
 *
 * <p>A tunnel opens when it is first requested and closes when its sandbox ends. A pause cuts its connections, and new ones are
 * refused until the sandbox resumes. After a restart of the server the ports are different. Thread-safe.
 */
public final class Tunnels implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Sandboxes sandboxes;
    private final String host;
    private final InstantSource clock;
    private final Map<SandboxId, SandboxTunnels> open = new ConcurrentHashMap<>();
    private final Runnable stopListening;
    private volatile boolean closed;

    /** @param host the name or address to listen on, without brackets */
    public Tunnels(Sandboxes sandboxes, String host, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.host = host;
        this.clock = clock;
        this.stopListening = sandboxes.onChange(this::changed);
    }

    /** Schedules the sweep for abandoned connections and for sandboxes that another process has changed. */
    public void schedule(Schedule schedule) {
        schedule.every(SWEEP, "modal-tunnels", this::sweep);
    }

    /**
     * Opens tunnels to ports of a sandbox; tunnels that are already open are kept.
     *
     * @param ports the sandbox's ports
     * @return the server's port for each
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code HOST_AWAY}; {@code INTERNAL} when the
     *     server has no port left
     */
    public Map<Integer, Integer> open(Sandbox sandbox, Collection<Integer> ports) {
        sandbox.requireNotEnded();
        if (ports.isEmpty()) {
            return Map.of();
        }
        sandboxes.hosts().requireHere("sandbox " + sandbox.id(), sandbox.host());
        var all = open.computeIfAbsent(sandbox.id(), id -> new SandboxTunnels(sandboxes, id, clock));
        var opened = new TreeMap<Integer, Integer>();
        try {
            var address = InetAddress.getByName(host);
            for (int port : ports) {
                opened.put(port, all.open(port, address));
            }
        } catch (IOException e) {
            current(sandbox).requireNotEnded();
            throw new SandboxException(ErrorCode.INTERNAL, "can't open a tunnel on " + host + ": " + e.getMessage(), e);
        }
        // the sandbox or this server may have ended meanwhile, without closing these tunnels
        var now = current(sandbox);
        changed(now);
        now.requireNotEnded();
        if (closed) {
            close();
        }
        return opened;
    }

    /** Returns true while somebody is connected to the sandbox through a tunnel of this server. */
    public boolean isInUse(SandboxId id) {
        var tunnels = open.get(id);
        return tunnels != null && tunnels.isInUse();
    }

    private Sandbox current(Sandbox sandbox) {
        return sandboxes.find(sandbox.id()).orElse(sandbox);
    }

    /** Closes the tunnels of an ended sandbox, and cuts the connections of a paused one. */
    private void changed(Sandbox sandbox) {
        if (sandbox.state() == SandboxState.RUNNING) {
            return;
        }
        if (sandbox.state() != SandboxState.PAUSED) {
            remove(sandbox.id());
            return;
        }
        var tunnels = open.get(sandbox.id());
        if (tunnels != null) {
            tunnels.cut();
        }
    }

    private void sweep() {
        open.forEach((id, tunnels) -> {
            tunnels.cutAbandoned();
            if (!sandboxes.isRunning(id)) {
                sandboxes.find(id).ifPresentOrElse(this::changed, () -> remove(id));
            }
        });
    }

    private void remove(SandboxId id) {
        var tunnels = open.remove(id);
        if (tunnels != null) {
            tunnels.close();
        }
    }

    /** Closes all tunnels. Sandboxes keep running. */
    @Override
    public void close() {
        closed = true;
        stopListening.run();
        open.keySet().forEach(this::remove);
    }
}
