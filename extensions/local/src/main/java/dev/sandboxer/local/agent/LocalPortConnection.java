package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.PortConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A connection to a port of a local sandbox. */
final class LocalPortConnection implements PortConnection {
    private final AgentConnection connection;
    private final InputStream input = new Input();
    private final OutputStream output = new Output();

    LocalPortConnection(AgentConnection connection) {
        this.connection = connection;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void shutdownOutput() {
        connection.shutdownOutput();
    }

    @Override
    public void close() {
        connection.close();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            try {
                return length == 0 ? 0 : connection.readRaw(target, offset, length);
            } catch (ExtensionException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            try {
                connection.sendRaw(ByteBuffer.wrap(source, offset, length));
            } catch (ExtensionException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
