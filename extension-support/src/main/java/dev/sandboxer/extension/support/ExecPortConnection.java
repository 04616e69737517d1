package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.PortConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection to a port: the standard input and output of a relay process inside the sandbox. */
final class ExecPortConnection implements PortConnection {
    private final Exec exec;
    private final Execution relay;
    private final int pid;
    private final InputStream input;
    private final OutputStream output = new Output();
    private volatile boolean closed;

    /**
     * @param pid process id of the relay
     * @param received the relay's output after its line that reports the connection
     */
    ExecPortConnection(Exec exec, Execution relay, int pid, CommandOutput received) {
        this.exec = exec;
        this.relay = relay;
        this.pid = pid;
        this.input = new Input(received);
    }

    private final class Input extends InputStream {
        private final CommandOutput received;

        Input(CommandOutput received) {
            this.received = received;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return received.read(buffer, offset, length);
            } catch (ExtensionException | OperationException e) {
                throw closed ? new IOException("closed", e) : Failures.toIo(e);
            }
        }

        @Override
        public int available() {
            return received.available();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return;
            }
            try {
                relay.writeInput(bytes, offset, length);
            } catch (OperationException e) {
                throw Failures.isEndOfInput(e) ? new IOException("the connection has ended", e) : Failures.toIo(e);
            } catch (ExtensionException e) {
                throw Failures.toIo(e);
            }
        }
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
        try {
            relay.closeInput();
        } catch (OperationException e) {
            // the connection has ended
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            exec.kill(pid);
            relay.close();
        }
    }
}
