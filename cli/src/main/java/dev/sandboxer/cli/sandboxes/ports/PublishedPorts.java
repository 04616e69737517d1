package dev.sandboxer.cli.sandboxes.ports;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.profiles.Spelling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ports that this process listens on for a sandbox. {@code run} binds them before it creates the sandbox, so that a port in use costs no
 * sandbox. Clients that connect too early wait. Closing it closes all connections.
 */
public final class PublishedPorts implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final String LOCALHOST = "localhost";
    private static final int MAX_ATTEMPTS = 10;

    private final List<Listener> listeners = new ArrayList<>();
    private @Nullable PortForwarder forwarder;

    private PublishedPorts() {}

    /** One listening port. */
    record Listener(ServerSocket socket, int inside) {
        /** Returns the text for users, such as {@code 127.0.0.1:8000 -> 8000}. */
        String text() {
            var address = socket.getInetAddress().getHostAddress();
            var host = address.contains(":") ? "[" + address + "]" : address;
            return host + ":" + socket.getLocalPort() + " -> " + inside;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // the end of this process closes it
            }
        }

        boolean isLoopback() {
            return socket.getInetAddress().isLoopbackAddress();
        }
    }

    /**
     * Binds the ports: all of them or, on failure, none.
     *
     * @param mappings in the form that {@link PortMapping#parse} reads
     * @param address for mappings without an address
     * @throws SandboxException {@code INVALID_ARGUMENT}; {@code LISTEN_FAILED} when a port can't be bound
     */
    public static PublishedPorts take(List<String> mappings, String address) {
        var wanted = mappings.stream().map(PortMapping::parse).toList();
        var ports = new PublishedPorts();
        try {
            for (PortMapping mapping : wanted) {
                ports.listeners.addAll(listen(mapping, Objects.requireNonNullElse(mapping.address(), address)));
            }
            return ports;
        } catch (RuntimeException e) {
            ports.close();
            throw e;
        }
    }

    private static List<Listener> listen(PortMapping mapping, String address) {
        if (!address.equalsIgnoreCase(LOCALHOST)) {
            return List.of(listen(mapping, address, resolve(address)));
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return onLocalhost(mapping);
            } catch (SandboxException e) {
                if (mapping.here() > 0 || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                // the port that was free on one address is in use on the other
            }
        }
    }

    /** Listens on both addresses of {@code localhost}, because a client may try only one of them. A host without IPv6 has only one. */
    private static List<Listener> onLocalhost(PortMapping mapping) {
        var v4 = listen(mapping, LOCALHOST, resolve("127.0.0.1"));
        var v6 = resolve("::1");
        var same = new PortMapping(mapping.address(), v4.socket().getLocalPort(), mapping.inside());
        try {
            return isHere(v6) ? List.of(v4, listen(same, LOCALHOST, v6)) : List.of(v4);
        } catch (SandboxException e) {
            v4.close();
            throw e;
        }
    }

    private static boolean isHere(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    private static Listener listen(PortMapping mapping, String address, InetAddress place) {
        try {
            var socket = new ServerSocket();
            try {
                socket.bind(new InetSocketAddress(place, mapping.here()), BACKLOG);
                return new Listener(socket, mapping.inside());
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new SandboxException(
                    ErrorCode.LISTEN_FAILED,
                    "can't listen on " + address + ":" + mapping.here() + ": " + e.getMessage()
                            + "; choose another port, or 0:" + mapping.inside() + " for any free port",
                    e);
        }
    }

    private static InetAddress resolve(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new SandboxException(
                    ErrorCode.LISTEN_FAILED, Spelling.quoted(address) + " is not an address of this host", e);
        }
    }

    /** Returns one line for each port, such as {@code 127.0.0.1:8000 -> 8000}. */
    public List<String> lines() {
        return listeners.stream().map(Listener::text).toList();
    }

    /** Prints a warning if other machines can reach the ports. */
    public void warn(Console console) {
        if (!listeners.stream().allMatch(Listener::isLoopback)) {
            console.note("anybody who can reach this host's address can use the sandbox's port, without a key");
        }
    }

    /** Begins to forward connections into a sandbox. Call it once. */
    public PortForwarder forward(Session session, Console console) {
        var started = new PortForwarder(session.ports(), console);
        forwarder = started;
        listeners.forEach(started::begin);
        return started;
    }

    /** Begins to forward and prints the addresses of the ports. Does nothing without ports. */
    public void announce(Session session, Console console) {
        if (!listeners.isEmpty()) {
            warn(console);
            forward(session, console);
            lines().forEach(console::note);
        }
    }

    @Override
    public void close() {
        if (forwarder != null) {
            forwarder.close();
        }
        listeners.forEach(Listener::close);
    }
}
