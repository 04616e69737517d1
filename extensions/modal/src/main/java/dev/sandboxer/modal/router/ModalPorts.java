package dev.sandboxer.modal.router;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.support.ExecPorts;
import dev.sandboxer.extension.support.Shell;
import dev.sandboxer.modal.control.SandboxCalls;
import dev.sandboxer.modal.control.SandboxRecord;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ports of a sandbox: through a tunnel if one was opened at creation, otherwise through a relay in the sandbox. A
 * tunnel accepts connections even if nothing listens behind it, so this checks inside the sandbox first. Thread-safe.
 */
final class ModalPorts implements Ports {
    private static final int NOT_LISTENING = 7;

    /** Exits with 7 if nothing listens on port $1, that is if {@code /proc/net/tcp} has no such address in state 0A. */
    private static final String LISTENS = """
            sbx_port=$(printf ':%04X' "$1")
            while read -r _ sbx_local _ sbx_state _; do
              case $sbx_local/$sbx_state in *"$sbx_port/0A") exit 0 ;; esac
            done <<END
            $(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
            END
            exit 7
            """;

    private final RouterChannel router;
    private final ModalExec exec;
    private final SandboxCalls sandboxes;
    private @Nullable Set<Integer> opened;
    private @Nullable List<TunnelData> tunnels;

    /** @param opened ports that have a tunnel; null = not known yet */
    ModalPorts(RouterChannel router, ModalExec exec, SandboxCalls sandboxes, @Nullable Set<Integer> opened) {
        this.router = router;
        this.exec = exec;
        this.sandboxes = sandboxes;
        this.opened = opened;
    }

    @Override
    public PortConnection dial(int port) {
        var tunnel = tunnel(port);
        if (tunnel.isEmpty()) {
            return new ExecPorts(exec).dial(port);
        }
        if (new Shell(exec).run(LISTENS, Integer.toString(port)).status() == NOT_LISTENING) {
            throw new OperationException(Reason.REFUSED, "nothing listens on port " + port);
        }
        try {
            return TunnelConnection.open(tunnel.get());
        } catch (IOException e) {
            return new ExecPorts(exec).dial(port); // the relay works without the tunnel
        }
    }

    private Optional<TunnelData> tunnel(int port) {
        try {
            if (!opened().contains(port)) {
                return Optional.empty();
            }
            return tunnels().stream()
                    .filter(it -> it.getContainerPort() == port)
                    .findFirst();
        } catch (ExtensionException e) {
            if (e.kind() == ExtensionException.Kind.GONE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private synchronized Set<Integer> opened() {
        var known = opened;
        if (known == null) {
            known = sandboxes
                    .record(router.sandbox())
                    .map(SandboxRecord::tunnels)
                    .orElse(Set.of());
            opened = known;
        }
        return known;
    }

    private synchronized List<TunnelData> tunnels() {
        var known = tunnels;
        if (known == null) {
            known = sandboxes.tunnels(router.sandbox());
            tunnels = known.isEmpty() ? null : known;
        }
        return known;
    }
}
