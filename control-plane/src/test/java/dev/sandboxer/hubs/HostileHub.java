package dev.sandboxer.hubs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server on loopback that answers with exactly the bytes it is given, to one request per connection. It can go down and
 * come up again at the same port. Thread-safe.
 */
public final class HostileHub implements AutoCloseable {
    private final int port;
    private volatile ServerSocket server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour = (socket, request) -> answer(socket, "204 No Content", "");

    /** A received request; header names in lower case. */
    public record Request(String line, Map<String, String> headers, String body) {}

    /** Answers on a connection, which is closed afterwards. */
    public interface Behaviour {
        void on(Socket socket, Request request) throws IOException, InterruptedException;
    }

    public HostileHub() {
        server = listen(0);
        port = server.getLocalPort();
    }

    private ServerSocket listen(int at) {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true); // earlier connections may linger
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 50);
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port + "/events");
    }

    /** Closes all connections and refuses new ones. */
    public void goDown() {
        close();
    }

    public void comeUp() {
        server = listen(port);
    }

    public void behave(Behaviour fresh) {
        behaviour = fresh;
    }

    /** Answers every request with a status code and reason, further headers (each ending in CRLF), and a body. */
    void answer(String status, String headers, String body) {
        behave((socket, request) -> write(
                socket,
                "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body));
    }

    static void answer(Socket socket, String status, String body) throws IOException {
        var length = status.startsWith("204") ? "" : "Content-Length: " + body.length() + "\r\n";
        write(socket, "HTTP/1.1 " + status + "\r\n" + length + "Connection: close\r\n\r\n" + body);
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    public List<Request> requests() {
        return requests;
    }

    private void accept(ServerSocket listening) {
        while (true) {
            try {
                var socket = listening.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var request = read(socket.getInputStream());
            requests.add(request);
            behaviour.on(socket, request);
        } catch (IOException e) {
            // the client has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request read(InputStream in) throws IOException {
        var line = line(in);
        var headers = new TreeMap<String, String>();
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("the client has gone");
        }
        return new Request(line, headers, new String(body, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended");
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
