package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.protocol.e2b.FilesystemProto.CreateWatcherResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.GetWatcherEventsResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveWatcherResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches that clients poll, as E2B's synchronous Python client does. Between two polls the sandbox keeps the events, and reports if
 * it has lost some. Thread-safe.
 */
final class Watchers implements AutoCloseable {
    private static final int MAX_PER_SANDBOX = 64;
    private static final int MAX_EVENTS = 10_000;

    /** The approximate limit of one answer, in bytes. The next poll gets the remaining events. */
    private static final int MAX_RESPONSE_BYTES = 2 << 20;

    /** How long to wait for another event after one has arrived. */
    private static final Duration SETTLE = Duration.ofMillis(2);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, Watcher> watchers = new ConcurrentHashMap<>();

    private record Watcher(SandboxId sandbox, FileWatch watch) {}

    /** Registers a watch, which this object closes, and returns E2B's message with its id. Synchronized, so that the limit holds. */
    synchronized CreateWatcherResponse add(Sandbox sandbox, FileWatch watch) {
        var mine = watchers.values().stream()
                .filter(watcher -> watcher.sandbox.equals(sandbox.id()))
                .count();
        if (mine >= MAX_PER_SANDBOX) {
            watch.close();
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED, "a sandbox may have " + MAX_PER_SANDBOX + " watchers; remove some");
        }
        var bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        var id = "w" + HexFormat.of().formatHex(bytes);
        watchers.put(id, new Watcher(sandbox.id(), watch));
        return CreateWatcherResponse.newBuilder().setWatcherId(id).build();
    }

    /** Returns the events since the last poll. */
    GetWatcherEventsResponse events(Sandbox sandbox, String id) {
        var watcher = find(sandbox, id);
        var response = GetWatcherEventsResponse.newBuilder();
        try {
            synchronized (watcher) {
                var bytes = 0L;
                for (var event = watcher.watch.next(Duration.ZERO); event != null; ) {
                    var message = FileMessages.event(event);
                    response.addEvents(message);
                    bytes += message.getSerializedSize();
                    var full = response.getEventsCount() == MAX_EVENTS || bytes >= MAX_RESPONSE_BYTES;
                    event = full ? null : watcher.watch.next(SETTLE);
                }
            }
            return response.build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException(ConnectCode.CANCELED, "the server is shutting down", e);
        } catch (OperationException | ExtensionException e) {
            remove(sandbox, id);
            throw new ConnectException(ConnectCode.NOT_FOUND, "watcher " + id + " has ended: " + e.getMessage(), e);
        }
    }

    RemoveWatcherResponse remove(Sandbox sandbox, String id) {
        find(sandbox, id).watch.close();
        watchers.remove(id);
        return RemoveWatcherResponse.getDefaultInstance();
    }

    private Watcher find(Sandbox sandbox, String id) {
        var watcher = watchers.get(id);
        if (watcher == null || !watcher.sandbox.equals(sandbox.id())) {
            throw new ConnectException(ConnectCode.NOT_FOUND, "watcher with id " + id + " not found");
        }
        return watcher;
    }

    /** Closes the watches of sandboxes that are not live. */
    void cutAllExcept(Collection<SandboxId> live) {
        watchers.values().removeIf(watcher -> {
            var dead = !live.contains(watcher.sandbox);
            if (dead) {
                watcher.watch.close();
            }
            return dead;
        });
    }

    @Override
    public void close() {
        watchers.values().forEach(watcher -> watcher.watch.close());
        watchers.clear();
    }
}
