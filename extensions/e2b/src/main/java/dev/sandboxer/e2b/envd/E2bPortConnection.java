package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessEvent.Channel;
import dev.sandboxer.extension.ProcessSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/** A connection to a port, which is a relay's standard input and output. */
final class E2bPortConnection implements PortConnection {
    private final E2bProcesses processes;
    private final E2bProcess relay;
    private final ProcessSelector self;
    private final InputStream input;
    private final OutputStream output = new Output();
    private volatile boolean closed;

    /**
     * @param first what the relay said already, its sign included
     */
    E2bPortConnection(E2bProcesses processes, E2bProcess relay, byte[] first) {
        this.processes = processes;
        this.relay = relay;
        this.self = ProcessSelector.pid(relay.pid());
        this.input = new Input(first);
    }

    private final class Input extends InputStream {
        private byte[] piece;
        private int at = 1;
        private boolean ended;

        Input(byte[] first) {
            piece = first;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (at == piece.length) {
                if (ended || !more()) {
                    ended = true;
                    return -1;
                }
            }
            var count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, buffer, offset, count);
            at += count;
            return count;
        }

        @Override
        public int available() {
            return piece.length - at;
        }

        private boolean more() throws IOException {
            try {
                switch (relay.next(null)) {
                    case ProcessEvent.Output(var channel, var bytes) -> {
                        if (channel == Channel.STDOUT) {
                            piece = bytes;
                            at = 0;
                        }
                        return true;
                    }
                    case null, default -> {
                        return false;
                    }
                }
            } catch (ExtensionException | OperationException e) {
                throw new IOException(closed ? "closed" : e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                tell(() -> processes.writeInput(self, Arrays.copyOfRange(bytes, offset, offset + length)));
            }
        }
    }

    private static void tell(Runnable call) throws IOException {
        try {
            call.run();
        } catch (OperationException e) {
            var over = e.reason() == Reason.PROCESS_NOT_FOUND || e.reason() == Reason.STDIN_CLOSED;
            throw new IOException(over ? "the connection has ended" : e.getMessage(), e);
        } catch (ExtensionException e) {
            throw new IOException(e.getMessage(), e);
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
            processes.closeInput(self);
        } catch (OperationException e) {
            // the connection has ended
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            E2bPorts.end(relay);
        }
    }
}
