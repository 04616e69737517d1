package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.OutboxStore.Queue;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Stores events for the hubs, each in the transaction that causes it, so that both are committed or neither. {@link Deliveries}
 * sends them. Thread-safe.
 */
public final class Outbox {
    private final OutboxStore rows = new OutboxStore();
    private final CloudEvents cloudEvents;
    private final HubSettings settings;
    private final InstantSource clock;

    private volatile boolean used;

    /** @param installation the id of this installation, part of each event's source */
    public Outbox(String installation, HubSettings settings, InstantSource clock) {
        this.cloudEvents = new CloudEvents(installation);
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * An event with its destination.
     *
     * @param orderKey the id of a sandbox or consumer; a hub receives events with the same key in the order in which they were added
     */
    public record Entry(Hub hub, HubEvent event, String orderKey) {}

    /**
     * Adds one event, like {@link #addAll} with a list of one.
     *
     * @throws SandboxException {@code CONFLICT} if another event has the same id; {@code INVALID_ARGUMENT} if it is too long or
     *     can't be JSON
     */
    public void add(Handle handle, Hub hub, HubEvent event, String orderKey) {
        addAll(handle, List.of(new Entry(hub, event, orderKey)));
    }

    /** Returns true if this process has added events. */
    public boolean isUsed() {
        return used;
    }

    /**
     * Adds events in the order of the list. Adding an event again, with equal content, hub and order key, has no effect until 30
     * days after its delivery. Events for the State Hub are dropped if it has no URL.
     *
     * <p>Other transactions that add events with the same order keys wait for the end of this one. A transaction that uses several
     * keys should add all its events in one call, to avoid deadlocks.
     *
     * @throws SandboxException {@code CONFLICT} if another event has the same id; {@code INVALID_ARGUMENT} if an event is too long
     *     or can't be JSON
     */
    public void addAll(Handle handle, List<Entry> entries) {
        used = true;
        var fresh = entries.stream()
                .filter(entry -> entry.hub() != Hub.STATE_HUB || settings.isConfigured(entry.hub()))
                .map(entry -> new OutboxStore.Row(
                        entry.event().id(), new Queue(entry.hub(), entry.orderKey()), cloudEvents.write(entry.event())))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        rows.add(handle, fresh, clock.instant()).ifPresent(row -> {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "there is another event with the id " + row.id() + "; use a new id for each event");
        });
    }
}
