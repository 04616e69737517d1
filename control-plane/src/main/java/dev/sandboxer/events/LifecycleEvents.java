package dev.sandboxer.events;

import dev.sandboxer.hubs.Hub;
import dev.sandboxer.hubs.HubEvent;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event for each transition into the outbox if a State Hub is configured. Events contain ids, names and reasons, never metadata
 * or secrets. Thread-safe.
 */
public final class LifecycleEvents implements TransitionListener {
    private static final String TYPE_PREFIX = "dev.sandboxer.sandbox.";

    private final Outbox outbox;
    private final HubSettings settings;
    private final InstantSource clock;

    public LifecycleEvents(Outbox outbox, HubSettings settings, InstantSource clock) {
        this.outbox = outbox;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void inTransaction(Handle handle, Transition transition) {
        if (settings.isConfigured(Hub.STATE_HUB)) {
            var sandbox = transition.after();
            var id = sandbox.id().value();
            var cause = transition.cause().name().toLowerCase(Locale.ROOT);
            var event = new HubEvent(
                    "state:" + id + ":" + sandbox.version(),
                    TYPE_PREFIX + cause + ".v1",
                    id,
                    clock.instant(),
                    data(sandbox));
            outbox.add(handle, Hub.STATE_HUB, event, id);
        }
    }

    private static Map<String, @Nullable Object> data(Sandbox sandbox) {
        var data = new LinkedHashMap<String, @Nullable Object>();
        data.put("sandbox", sandbox.id().value());
        data.put("version", sandbox.version());
        data.put("consumer", sandbox.consumer());
        data.put("profile", sandbox.profile().value());
        data.put("extension", sandbox.extension().value());
        data.put(
                "credential",
                sandbox.credential() == null ? null : sandbox.credential().value());
        data.put("state", sandbox.state().text());
        data.put("reason", sandbox.reason() == null ? null : sandbox.reason().text());
        data.put("deadline", sandbox.deadline().toString());
        return data;
    }
}
