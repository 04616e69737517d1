package com.example.httpbox;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.support.Execution;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A running command. A thread reads the service's frames and waits while four events are unread. */
final class BoxExecution implements Execution {
    private static final int MAX_UNREAD = 4;
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final byte[] NOTHING = {};

    private final DataInputStream frames;
    private final BoxClient client;
    private final String input;
    private final Runnable alive;
    private final Queue<ProcessEvent> events = new ArrayDeque<>();
    private @Nullable RuntimeException failure;
    private boolean inputEnded;

    private BoxExecution(InputStream frames, BoxClient client, String input, Runnable alive) {
        this.frames = new DataInputStream(frames);
        this.client = client;
        this.input = input;
        this.alive = alive;
    }

    static BoxExecution reading(InputStream frames, BoxClient client, String input, Runnable alive) {
        var execution = new BoxExecution(frames, client, input, alive);
        Thread.ofVirtual().name("http-box").start(execution::readAll);
        return execution;
    }

    private void readAll() {
        try (frames) {
            ProcessEvent event;
            do {
                event = read();
                put(event);
            } while (!(event instanceof ProcessEvent.Exited));
        } catch (IOException e) {
            fail(cutOff(e));
        } catch (InterruptedException e) {
            fail(ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e));
        }
    }

    private ProcessEvent read() throws IOException {
        int type = frames.readUnsignedByte();
        int length = frames.readInt();
        if (type > 2 || length < 0 || length > MAX_FRAME_BYTES) {
            throw new IOException("malformed frame from the service");
        }
        var bytes = new byte[length];
        frames.readFully(bytes);
        return switch (type) {
            case 1 -> new ProcessEvent.Output(Channel.STDOUT, bytes);
            case 2 -> new ProcessEvent.Output(Channel.STDERR, bytes);
            default -> new ProcessEvent.Exited(status(new String(bytes, StandardCharsets.US_ASCII)), 0, false);
        };
    }

    private static int status(String text) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("malformed exit status from the service", e);
        }
    }

    /** Returns the failure for output that was cut off: {@code GONE} if the box has ended, else {@code TRANSIENT}. */
    private RuntimeException cutOff(IOException cause) {
        try {
            alive.run();
            return ExtensionException.unknown(Kind.TRANSIENT, "the command's output was cut off", cause);
        } catch (ExtensionException e) {
            return e;
        }
    }

    private synchronized void put(ProcessEvent event) throws InterruptedException {
        while (events.size() >= MAX_UNREAD && failure == null) {
            wait();
        }
        if (failure == null) {
            events.add(event);
            notifyAll();
        }
    }

    private synchronized void fail(RuntimeException reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    @Override
    public synchronized @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        long end = timeout == null ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
        while (events.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            long leftMs = timeout == null ? 0 : (end - System.nanoTime()) / 1_000_000;
            if (timeout != null && leftMs <= 0) {
                return null;
            }
            wait(leftMs); // 0 = no limit
        }
        notifyAll();
        return events.remove();
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        send(input, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void closeInput() {
        synchronized (this) {
            if (inputEnded) {
                return;
            }
            inputEnded = true;
        }
        try {
            send(input + "?end=true", NOTHING);
        } catch (OperationException e) {
            // the command has already ended
        }
    }

    /** Sends input without a timeout: a command that doesn't read blocks the writer. */
    private void send(String path, byte[] bytes) {
        var response = client.stream(path, bytes);
        try (var body = response.body()) {
            if (response.statusCode() == 410) {
                throw new OperationException(Reason.STDIN_CLOSED, "the command has closed its input");
            }
            if (response.statusCode() != 200) {
                throw BoxClient.failure(response, "the input was not accepted");
            }
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the service's response was cut off", e);
        }
    }

    @Override
    public void close() {
        fail(ExtensionException.notApplied(Kind.TRANSIENT, "the process was closed by its reader"));
        synchronized (this) {
            events.clear();
        }
        try {
            frames.close();
            closeInput();
        } catch (IOException | ExtensionException e) {
            // the reader is done with the command
        }
    }
}
