package dev.sandboxer.lifecycle.state;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Attempts as rows. Every write takes the handle of the transaction it belongs to. */
public final class AttemptStore {
    /** Attempts that may have made something after nothing was found. */
    static final String TO_LOOK_AT = "outcome = 'NOT_FOUND' AND looked_again_at IS NULL AND started_at <= :late";

    private final Database database;

    public AttemptStore(Database database) {
        this.database = database;
    }

    /** Writes the intent, before the backend is called. */
    public void insert(Handle handle, Attempt attempt) {
        var update = handle.createUpdate("""
                INSERT INTO attempts (sandbox, attempt, extension, started_at, credential, credential_owner, credential_rule)
                VALUES (:sandbox, :attempt, :extension, :started_at, :credential, :credential_owner, :credential_rule)
                """);
        SandboxRow.bind(update, attempt.receipt())
                .bind("sandbox", attempt.sandbox().value())
                .bind("attempt", attempt.number())
                .bind("extension", attempt.extension().value())
                .bind("started_at", attempt.startedAt().toEpochMilli())
                .execute();
    }

    /** Writes what came of it, once; secrets in the message are hidden. */
    public void record(Handle handle, Attempt attempt, Outcome outcome, @Nullable String message) {
        handle.execute(
                "UPDATE attempts SET outcome = ?, message = ? WHERE sandbox = ? AND attempt = ? AND outcome IS NULL",
                outcome.name(),
                message == null ? null : Redactor.clean(message).replace('\0', '?'), // PostgreSQL keeps no zeros
                attempt.sandbox().value(),
                attempt.number());
    }

    /** Writes that it needs no second look: it was looked for again, or can't have made anything. */
    public void lookedAgain(Handle handle, Attempt attempt, Instant now) {
        handle.execute(
                "UPDATE attempts SET looked_again_at = ? WHERE sandbox = ? AND attempt = ?",
                now.toEpochMilli(),
                attempt.sandbox().value(),
                attempt.number());
    }

    /** All of a sandbox, in order. */
    public List<Attempt> of(SandboxId sandbox) {
        return database.read(handle -> handle.createQuery("SELECT * FROM attempts WHERE sandbox = :id ORDER BY attempt")
                .bind("id", sandbox.value())
                .map((row, context) -> map(sandbox, row))
                .list());
    }

    /** Those of a sandbox that have to be looked at once more, in order. */
    public List<Attempt> toLookAt(SandboxId sandbox, Instant late) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM attempts WHERE sandbox = :id AND " + TO_LOOK_AT + " ORDER BY attempt")
                .bind("id", sandbox.value())
                .bind("late", late.toEpochMilli())
                .map((row, context) -> map(sandbox, row))
                .list());
    }

    private static Attempt map(SandboxId sandbox, ResultSet row) throws SQLException {
        return new Attempt(
                sandbox,
                row.getInt("attempt"),
                new ExtensionId(row.getString("extension")),
                SandboxRow.receipt(row),
                Instant.ofEpochMilli(row.getLong("started_at")),
                outcome(row.getString("outcome")),
                row.getString("message"));
    }

    private static @Nullable Outcome outcome(@Nullable String text) {
        return text == null ? null : Outcome.valueOf(text.toUpperCase(Locale.ROOT));
    }
}
