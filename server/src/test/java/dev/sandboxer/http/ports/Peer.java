package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One end of a connection, to send and read bytes; waits for at most a minute. */
public final class Peer implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;

    public Peer(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        this.socket = socket;
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
    }

    public static Peer connect(InetSocketAddress address) throws IOException {
        return new Peer(new Socket(address.getAddress(), address.getPort()));
    }

    public Peer send(String bytes) throws IOException {
        return send(bytes.getBytes(ISO_8859_1));
    }

    public Peer send(byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
        return this;
    }

    public InputStream input() {
        return input;
    }

    public OutputStream output() {
        return output;
    }

    /** Reads up to and including the next empty line. */
    public String head() throws IOException {
        return until("\r\n\r\n");
    }

    /** Reads up to and including a text. */
    public String until(String end) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int next = input.read();
            if (next < 0) {
                throw new EOFException("ended after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    public String read(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ended after: " + new String(bytes, ISO_8859_1));
        }
        return new String(bytes, ISO_8859_1);
    }

    /** Reads to the end of the stream; fails when the connection is reset. */
    public String rest() throws IOException {
        return new String(input.readAllBytes(), ISO_8859_1);
    }

    /** Reads to the end of the stream; the result says how it ended. */
    public String restAndEnd() {
        var bytes = new ByteArrayOutputStream();
        try {
            input.transferTo(bytes);
            return bytes.toString(ISO_8859_1) + "[end]";
        } catch (IOException e) {
            return bytes.toString(ISO_8859_1) + "[reset]";
        }
    }

    public Peer shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes the connection with a reset. */
    public void reset() throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    /** Sets small buffers, so that the other side soon has to wait. */
    public Peer small() throws IOException {
        socket.setReceiveBufferSize(4096);
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
