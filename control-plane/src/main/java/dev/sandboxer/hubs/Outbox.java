package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.OutboxStore.Queue;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Takes events for the hubs, each in the transaction that causes it: both are committed, or neither. {@link Deliveries} sends
 * them. Thread-safe.
 */
public final class Outbox {
    private final OutboxStore rows = new OutboxStore();
    private final CloudEvents cloudEvents;
    private final HubSettings settings;
    private final InstantSource clock;

    private volatile boolean used;

    /** @param installation id of this installation, which becomes part of each event's source */
    public Outbox(String installation, HubSettings settings, InstantSource clock) {
        this.cloudEvents = new CloudEvents(installation);
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * An event with its destination.
     *
     * @param orderKey events of a hub with the same key are delivered in the order in which they were added; an id of a sandbox
     *     or consumer
     */
    public record Entry(Hub hub, HubEvent event, String orderKey) {}

    /**
     * Adds one event; like {@link #addAll} with a list of one.
     *
     * @throws SandboxException {@code CONFLICT} when there is another event of the same id; {@code INVALID_ARGUMENT} when it is
     *     too long or no JSON
     */
    public void add(Handle handle, Hub hub, HubEvent event, String orderKey) {
        addAll(handle, List.of(new Entry(hub, event, orderKey)));
    }

    /** Returns true if this process has added events. */
    public boolean isUsed() {
        return used;
    }

    /**
     * Adds events in the order of the list. An event that is there already, with the same content, hub and order key, is left
     * alone, until 30 days after its delivery. Events for the State Hub are dropped when it has no URL.
     *
     * <p>Other transactions that add with the same order keys wait for the end of this one. A transaction that adds with several
     * keys should do so in one call, so that two of them can't wait for each other.
     *
     * @throws SandboxException {@code CONFLICT} when there is another event of the same id; {@code INVALID_ARGUMENT} when one is
     *     too long or no JSON
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
        rows.firstOther(handle, fresh, clock.instant()).ifPresent(row -> {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "there is another event with the id " + row.id() + "; use a new id for each event");
        });
    }
}
