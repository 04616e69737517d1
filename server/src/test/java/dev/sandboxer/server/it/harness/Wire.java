package dev.sandboxer.server.it.harness;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A client's connection, which can send any bytes. A read waits for at most a minute. */
public final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;

    private final Socket socket;
    private final InputStream input;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        this.input = new BufferedInputStream(socket.getInputStream());
    }

    public static Wire connect(InetSocketAddress address) throws IOException {
        return new Wire(new Socket(address.getAddress(), address.getPort()));
    }

    /** Connects with a small receive buffer, so that the server soon has to wait for the client. */
    public static Wire connectSmall(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return new Wire(socket);
    }

    public Wire send(String bytes) throws IOException {
        return send(bytes.getBytes(ISO_8859_1));
    }

    public Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends bytes; ignores that the server may have closed the connection. */
    public Wire trySend(byte[] bytes) {
        try {
            return send(bytes);
        } catch (IOException e) {
            return this; // the server has answered and closed
        }
    }

    public InputStream input() {
        return input;
    }

    /** Returns the next response, which may be an interim one. */
    public Answer answer() throws IOException {
        var head = head();
        var answer = new Answer(head, new byte[0]);
        if (answer.status() == 204 || answer.status() == 304 || answer.status() < 200) {
            return answer;
        }
        if (answer.header("Transfer-Encoding").equals("chunked")) {
            return new Answer(head, new Chunked(input).readAllBytes());
        }
        var length = Integer.parseInt(answer.header("Content-Length"));
        return new Answer(head, exactly(length));
    }

    /** Returns the lines of the next head. */
    public String head() throws IOException {
        var text = new StringBuilder();
        while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
            int next = input.read();
            if (next < 0) {
                throw new EOFException("ended after: " + text);
            }
            text.append((char) next);
        }
        return text.substring(0, text.length() - 4);
    }

    public byte[] exactly(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** Returns all bytes until the server closes or resets the connection. */
    public String rest() {
        var bytes = new ByteArrayOutputStream();
        try {
            input.transferTo(bytes);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server left the connection open, after: " + bytes.toString(ISO_8859_1), e);
        } catch (IOException e) {
            // the connection was reset
        }
        return bytes.toString(ISO_8859_1);
    }

    public Wire shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Resets the connection. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
