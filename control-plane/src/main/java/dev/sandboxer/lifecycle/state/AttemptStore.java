package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.routing.Account;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores attempts to create sandboxes. Every write takes the handle of its transaction. */
public final class AttemptStore {
    /** Selects attempts that may have created a sandbox after a look-up found none. */
    static final String TO_LOOK_AT = "outcome = 'NOT_FOUND' AND looked_again_at IS NULL AND started_at <= :late";

    private final Database database;

    public AttemptStore(Database database) {
        this.database = database;
    }

    /** Writes an attempt before the backend is called. */
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

    /** Writes the outcome if there is none yet. Secrets in the message are hidden. */
    public void record(Handle handle, Attempt attempt, End end) {
        handle.createUpdate("""
                        UPDATE attempts SET outcome = :outcome, message = :message, ended_at = :ended_at, failure = :failure,
                            retry_at = :retry_at
                        WHERE sandbox = :sandbox AND attempt = :attempt AND outcome IS NULL
                        """)
                .bind("outcome", end.outcome().name())
                .bind(
                        "message",
                        end.message() == null
                                ? null
                                : Redactor.clean(end.message()).replace('\0', '?')) // PostgreSQL can't store NUL
                .bind("ended_at", SandboxRow.millis(end.at()))
                .bind("failure", SandboxRow.name(end.kind()))
                .bind("retry_at", SandboxRow.millis(end.retryAt()))
                .bind("sandbox", attempt.sandbox().value())
                .bind("attempt", attempt.number())
                .execute();
    }

    /** Returns the accounts in which an attempt has failed since a time. */
    public Set<Account> failedSince(Instant since) {
        return database.read(handle -> handle.createQuery(
                        "SELECT DISTINCT extension, credential FROM attempts WHERE failure IS NOT NULL AND ended_at >= :since")
                .bind("since", since.toEpochMilli())
                .map((row, context) -> new Account(
                        new ExtensionId(row.getString("extension")),
                        SandboxRow.optional(row.getString("credential"), CredentialId::new)))
                .set());
    }

    /**
     * Returns the latest attempts in each account, newest first. An account without attempts has no entry.
     *
     * @param most maximum number per account
     */
    public Map<Account, List<Attempt>> latest(Collection<Account> accounts, int most) {
        if (accounts.isEmpty()) {
            return Map.of();
        }
        var all = List.copyOf(accounts);
        var sql = IntStream.range(0, all.size())
                .mapToObj(i ->
                        "SELECT * FROM (SELECT * FROM attempts WHERE extension = :extension" + i + " AND credential "
                                + (all.get(i).credential() == null ? "IS NULL" : "= :credential" + i)
                                + " ORDER BY started_at DESC LIMIT :most) AS a" + i)
                .collect(Collectors.joining(" UNION ALL "));
        return database.read(handle -> {
            var query = handle.createQuery(sql).bind("most", most);
            for (int i = 0; i < all.size(); i++) {
                query.bind("extension" + i, all.get(i).extension().value());
                var credential = all.get(i).credential();
                if (credential != null) {
                    query.bind("credential" + i, credential.value());
                }
            }
            return query.map((row, context) -> map(new SandboxId(row.getString("sandbox")), row)).stream()
                    .sorted(Comparator.comparing(Attempt::startedAt).reversed())
                    .collect(Collectors.groupingBy(AttemptStore::account));
        });
    }

    private static Account account(Attempt attempt) {
        return new Account(attempt.extension(), attempt.credential());
    }

    /** Writes that an attempt needs no further look-up. */
    public void lookedAgain(Handle handle, Attempt attempt, Instant now) {
        handle.execute(
                "UPDATE attempts SET looked_again_at = ? WHERE sandbox = ? AND attempt = ?",
                now.toEpochMilli(),
                attempt.sandbox().value(),
                attempt.number());
    }

    /** Returns all attempts of a sandbox, in order. */
    public List<Attempt> of(SandboxId sandbox) {
        return database.read(handle -> handle.createQuery("SELECT * FROM attempts WHERE sandbox = :id ORDER BY attempt")
                .bind("id", sandbox.value())
                .map((row, context) -> map(sandbox, row))
                .list());
    }

    /**
     * Returns the attempts of a sandbox that need one more look-up, in order.
     *
     * @param late attempts that began later need none yet
     */
    public List<Attempt> needingLookUp(SandboxId sandbox, Instant late) {
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
                end(row));
    }

    private static @Nullable End end(ResultSet row) throws SQLException {
        var outcome = row.getString("outcome");
        return outcome == null
                ? null
                : new End(
                        Outcome.valueOf(outcome.toUpperCase(Locale.ROOT)),
                        SandboxRow.instant(row, "ended_at"),
                        row.getString("message"),
                        SandboxRow.optional(row.getString("failure"), Kind::valueOf),
                        SandboxRow.instant(row, "retry_at"));
    }
}
