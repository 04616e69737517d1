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
 * The tunnels of this server: for each open port of a sandbox a TCP port of its own, on the address that the server listens on.
 * Whoever reaches that port reaches the one in the sandbox, and nothing else. As at Modal nobody has to say who they are.
 *
 * <p>A tunnel is opened when it is first asked for and closed when its sandbox ends. While the sandbox is paused, connections are
 * cut and new ones refused. A server that starts again has other ports. Thread-safe.
 */
public final class Tunnels implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Sandboxes sandboxes;
    private final String host;
    private final InstantSource clock;
    private final Map<SandboxId, SandboxTunnels> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param host what the ports are opened on: a name or an address, without brackets */
    public Tunnels(Sandboxes sandboxes, String host, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.host = host;
        this.clock = clock;
        sandboxes.onChange(this::changed);
    }

    /** Schedules the look at sandboxes that another process has changed. */
    public void schedule(Schedule schedule) {
        schedule.every(SWEEP, "modal-tunnels", this::sweep);
    }

    /**
     * Opens what isn't open yet.
     *
     * @param ports of the sandbox that its owner has opened
     * @return the server's port for each
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code HOST_AWAY}; {@code INTERNAL} when the
     *     server has no port left
     */
    public Map<Integer, Integer> open(Sandbox sandbox, Collection<Integer> ports) {
        sandbox.requireThere();
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
            current(sandbox).requireThere();
            throw new SandboxException(ErrorCode.INTERNAL, "can't open a tunnel on " + host + ": " + e.getMessage(), e);
        }
        // its end, or that of this server, may not have found them
        var now = current(sandbox);
        changed(now);
        now.requireThere();
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

    /** Closes what has ended. */
    private void changed(Sandbox sandbox) {
        if (sandbox.state() == SandboxState.RUNNING) {
            return;
        }
        if (sandbox.state() != SandboxState.PAUSED) {
            forget(sandbox.id());
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
                sandboxes.find(id).ifPresentOrElse(this::changed, () -> forget(id));
            }
        });
    }

    private void forget(SandboxId id) {
        var tunnels = open.remove(id);
        if (tunnels != null) {
            tunnels.close();
        }
    }

    /** Closes all. Sandboxes go on. */
    @Override
    public void close() {
        closed = true;
        open.keySet().forEach(this::forget);
    }
}
