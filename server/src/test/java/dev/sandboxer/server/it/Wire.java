package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A client's connection, over which it says whatever it likes; waits for at most a minute. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    private final Socket socket;
    private final InputStream input;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        this.input = new BufferedInputStream(socket.getInputStream());
    }

    static Wire connect(InetSocketAddress address) throws IOException {
        return new Wire(new Socket(address.getAddress(), address.getPort()));
    }

    /** One that holds little for its reader, so that the server is held up soon. */
    static Wire connectSmall(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return new Wire(socket);
    }

    Wire send(String bytes) throws IOException {
        return send(bytes.getBytes(ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends, if the server still takes anything. */
    Wire trySend(byte[] bytes) {
        try {
            return send(bytes);
        } catch (IOException e) {
            return this; // it has answered and closed
        }
    }

    InputStream input() {
        return input;
    }

    /** The next response, whole; an interim one counts as one. */
    Answer answer() throws IOException {
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

    /** The lines of the next head. */
    String head() throws IOException {
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

    byte[] exactly(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** What else comes, until the server closes the connection, in one way or the other. */
    String rest() {
        var bytes = new ByteArrayOutputStream();
        try {
            input.transferTo(bytes);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server left the connection open, after: " + bytes.toString(ISO_8859_1), e);
        } catch (IOException e) {
            // it was reset
        }
        return bytes.toString(ISO_8859_1);
    }

    Wire shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes so that the server sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
