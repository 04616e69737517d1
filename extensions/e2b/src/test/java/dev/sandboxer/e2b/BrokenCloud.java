package dev.sandboxer.e2b;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server with broken answers: after the head of each request it writes a fixed text, then closes the connection or stays silent.
 */
public final class BrokenCloud implements AutoCloseable {
    private final ServerSocket server;
    private final String answer;
    private final boolean hangUp;
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /**
     * @param answer the bytes to write, in ISO 8859-1
     * @param hangUp true = close the connection after the answer; false = leave it open
     */
    public BrokenCloud(String answer, boolean hangUp) {
        this.answer = answer;
        this.hangUp = hangUp;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    public int requests() {
        return requests.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try {
            readHead(socket.getInputStream());
            requests.incrementAndGet();
            socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            if (hangUp) {
                socket.close();
            }
        } catch (IOException e) {
            // the client has closed the connection
        }
    }

    private static void readHead(InputStream input) throws IOException {
        var last = 0;
        while (last != 0x0d0a0d0a) {
            var one = input.read();
            if (one < 0) {
                throw new IOException("no request");
            }
            last = last << 8 | one;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
