package dev.sandboxer.local.hostile;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.local.LocalExtension;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A server in place of a sandbox's agent, and a session with short timeouts that uses it. The real agent keeps running. */
final class HostileAgent implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path real;
    private final Backend backend;
    private final Session session;

    /** Serves one connection in its own thread; the connection is closed afterwards. */
    interface Conversation {
        void with(SocketChannel caller, HostileAgent self) throws IOException;
    }

    HostileAgent(Lab lab, Victim victim, Conversation conversation) throws IOException {
        var socket = lab.folder(victim).resolve("agent.sock");
        real = socket.resolveSibling("real.sock");
        Files.move(socket, real);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().name("hostile-agent").start(() -> serve(conversation));
        backend = new LocalExtension(Duration.ofMillis(500), Duration.ofSeconds(1))
                .open(lab.context(), Credential.none());
        session = backend.connect(victim.ref());
    }

    Session session() {
        return session;
    }

    /** Opens a connection to the real agent. */
    SocketChannel dialReal() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(real));
    }

    private void serve(Conversation conversation) {
        try {
            while (true) {
                var caller = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (caller) {
                        conversation.with(caller, this);
                    } catch (IOException e) {
                        // the caller has given up, as it should
                    }
                });
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        session.close();
        backend.close();
        server.close();
    }
}
