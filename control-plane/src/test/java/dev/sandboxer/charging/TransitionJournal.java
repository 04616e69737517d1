package dev.sandboxer.charging;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Records each transition in a test table, in the transition's own transaction. Audits compare charges with it. */
public final class TransitionJournal {
    /** Creates the table. */
    public void prepare(Database database) {
        database.write(handle -> handle.execute("""
                CREATE TABLE IF NOT EXISTS test_journal (sandbox TEXT NOT NULL, version BIGINT NOT NULL, cause TEXT NOT NULL,
                    state TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, created_at BIGINT NOT NULL, started_at BIGINT,
                    paused_at BIGINT, deadline BIGINT NOT NULL, ended_at BIGINT, PRIMARY KEY (sandbox, version))
                """));
    }

    /** Returns a listener that writes the table. */
    public TransitionListener of(InstantSource clock) {
        return (handle, transition) -> {
            Sandbox sandbox = transition.after();
            handle.execute(
                    "INSERT INTO test_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    sandbox.id().value(),
                    sandbox.version(),
                    transition.cause().name(),
                    sandbox.state().name(),
                    sandbox.reason() == null ? null : sandbox.reason().name(),
                    clock.instant().toEpochMilli(),
                    sandbox.createdAt().toEpochMilli(),
                    millis(sandbox.startedAt()),
                    millis(sandbox.pausedAt()),
                    sandbox.deadline().toEpochMilli(),
                    millis(sandbox.endedAt()));
        };
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : (Long) instant.toEpochMilli();
    }
}
