package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Sandboxes and attempts as rows. Every write takes the handle of the transaction it belongs to. */
public final class SandboxStore {
    private static final String OPEN = "('REQUESTED', 'PROVISIONING', 'RUNNING', 'PAUSED', 'STOPPING')";

    /** Attempts that may have made something after nothing was found. */
    private static final String TO_LOOK_AT =
            "outcome = 'NOT_FOUND' AND looked_again_at IS NULL AND started_at <= :late";

    private final Store store;

    public SandboxStore(Store store) {
        this.store = store;
    }

    /** This installation's id, made on first use. */
    public String installation() {
        return store.read(SandboxStore::findInstallation)
                .orElseGet(() ->
                        store.transaction(handle -> findInstallation(handle).orElseGet(() -> {
                            var id = SandboxId.randomText();
                            handle.execute("INSERT INTO installation (id) VALUES (?)", id);
                            return id;
                        })));
    }

    private static Optional<String> findInstallation(Handle handle) {
        return handle.createQuery("SELECT id FROM installation")
                .mapTo(String.class)
                .findOne();
    }

    /**
     * @throws SandboxException {@code CONFLICT} when the consumer has used the idempotency key before
     */
    void insert(Handle handle, Sandbox sandbox, @Nullable String idempotencyKey, String requestHash) {
        try {
            var update = handle.createUpdate("""
                    INSERT INTO sandboxes (id, version, consumer, profile, state, extension, cpu_millis, memory_mib,
                        disk_mib, created_at, deadline, actor, holder, idempotency_key, request_hash, snapshot, on_timeout,
                        auto_resume, network, public_ports, host_mask, credential, credential_owner, credential_rule)
                    VALUES (:id, 1, :consumer, :profile, :state, :extension, :cpu, :memory, :disk, :created_at,
                        :deadline, :actor, :holder, :key, :hash, :snapshot, :on_timeout, :auto_resume, :network, :public_ports,
                        :host_mask, :credential, :credential_owner, :credential_rule)
                    """);
            SandboxRow.bind(update, sandbox)
                    .bind("consumer", sandbox.consumer())
                    .bind("profile", sandbox.profile().value())
                    .bind("created_at", sandbox.createdAt().toEpochMilli())
                    .bind(
                            "holder",
                            sandbox.holder() == null ? null : sandbox.holder().text())
                    .bind("key", idempotencyKey)
                    .bind("hash", requestHash)
                    .bind("snapshot", sandbox.snapshot())
                    .bind("on_timeout", sandbox.terms().onTimeout().name())
                    .bind("auto_resume", sandbox.terms().autoResume() ? 1 : 0)
                    .bind("network", SandboxRow.name(sandbox.terms().network()))
                    .bind("public_ports", sandbox.terms().publicPorts() ? 1 : 0)
                    .bind("host_mask", sandbox.terms().hostMask())
                    .execute();
        } catch (JdbiException e) {
            if (Store.isDuplicate(e)) {
                throw underWay();
            }
            throw e;
        }
        sandbox.metadata()
                .forEach((name, value) -> handle.execute(
                        "INSERT INTO sandbox_metadata (sandbox, name, value) VALUES (?, ?, ?)",
                        sandbox.id().value(),
                        name,
                        value));
    }

    /** What a second request with an idempotency key hears as long as the first has no sandbox. */
    static SandboxException underWay() {
        return new SandboxException(
                ErrorCode.CONFLICT,
                "a creation with this idempotency key is under way; try again in a moment to get its sandbox");
    }

    /** Takes the idempotency key from a creation that has failed, so that it can be tried again. */
    void releaseKey(Handle handle, String consumer, String key) {
        handle.execute(
                "UPDATE sandboxes SET idempotency_key = NULL WHERE consumer = ? AND idempotency_key = ? AND state = 'FAILED'",
                consumer,
                key);
    }

    /**
     * Writes a change if nobody else has changed the sandbox since it was read.
     *
     * @return the sandbox with its new version
     * @throws SandboxException {@code CONFLICT} when somebody has
     */
    Sandbox update(Handle handle, Sandbox changed) {
        var update = handle.createUpdate("""
                UPDATE sandboxes SET version = version + 1, state = :state, reason = :reason, extension = :extension,
                    ref = :ref, cpu_millis = :cpu, memory_mib = :memory, disk_mib = :disk, started_at = :started_at,
                    deadline = :deadline, ended_at = :ended_at, actor = :actor, paused_at = :paused_at,
                    resumed_at = :resumed_at, transition = :transition, credential = :credential, credential_owner = :credential_owner,
                    credential_rule = :credential_rule
                WHERE id = :id AND version = :version
                """);
        var rows = SandboxRow.bind(update, changed)
                .bind("version", changed.version())
                .bind("reason", SandboxRow.name(changed.reason()))
                .bind("paused_at", SandboxRow.millis(changed.pausedAt()))
                .bind("resumed_at", SandboxRow.millis(changed.resumedAt()))
                .bind("transition", SandboxRow.name(changed.transition()))
                .bind("ref", changed.ref() == null ? null : changed.ref().value())
                .bind("started_at", SandboxRow.millis(changed.startedAt()))
                .bind("ended_at", SandboxRow.millis(changed.endedAt()))
                .execute();
        if (rows != 1) {
            throw Conflicts.changed(changed.id());
        }
        return find(handle, changed.id()).orElseThrow();
    }

    Optional<Sandbox> find(Handle handle, SandboxId id) {
        return handle.createQuery(SandboxRow.SELECT + " WHERE id = :id")
                .bind("id", id.value())
                .map(new SandboxRow(handle))
                .findOne();
    }

    /** The same as it is now. */
    Sandbox current(Sandbox seen) {
        return store.read(handle -> find(handle, seen.id())).orElse(seen);
    }

    /** A consumer's sandboxes whose id begins like that, open ones first; at most a few. */
    List<Sandbox> findByPrefix(String consumer, String prefix) {
        return store.read(handle -> handle.createQuery(SandboxRow.SELECT
                        + " WHERE consumer = :consumer AND id >= :prefix AND id < :prefix || '~'"
                        + " ORDER BY id = :prefix DESC, state IN " + OPEN + " DESC, id LIMIT 5")
                .bind("consumer", consumer)
                .bind("prefix", prefix)
                .map(new SandboxRow(handle))
                .list());
    }

    /** All of a consumer (null = everybody's) that are open, or all; newest first. */
    List<Sandbox> list(@Nullable String consumer, boolean ended) {
        var sql = SandboxRow.SELECT + " WHERE " + (consumer == null ? "TRUE" : "consumer = :consumer")
                + (ended ? "" : " AND state IN " + OPEN) + " ORDER BY created_at DESC, id";
        return store.read(handle -> {
            var query = handle.createQuery(sql);
            if (consumer != null) {
                query.bind("consumer", consumer);
            }
            return query.map(new SandboxRow(handle)).list();
        });
    }

    /** One page. */
    List<Sandbox> query(SandboxQuery wanted) {
        var after = wanted.after();
        var newer = wanted.newestFirst();
        var sql = new StringBuilder(
                SandboxRow.SELECT + " WHERE consumer = :consumer AND state IN (<states>) AND started_at IS NOT NULL");
        sql.append(wanted.template() == null ? "" : " AND coalesce(snapshot, profile) = :template");
        sql.append(wanted.startedFrom() == null ? "" : " AND started_at >= :from");
        sql.append(
                after == null
                        ? ""
                        : " AND (started_at " + (newer ? "<" : ">") + " :at OR started_at = :at AND id > :id)");
        var pairs = List.copyOf(wanted.metadata().entrySet());
        for (int i = 0; i < pairs.size(); i++) {
            sql.append(" AND EXISTS (SELECT 1 FROM sandbox_metadata m WHERE m.sandbox = sandboxes.id AND m.name = :name"
                    + i + " AND m.value = :value" + i + ")");
        }
        sql.append(" ORDER BY started_at " + (newer ? "DESC" : "ASC") + ", id LIMIT :limit");
        return store.read(handle -> {
            var query = handle.createQuery(sql.toString())
                    .bindList(
                            "states",
                            wanted.states().stream().map(SandboxState::name).toList())
                    .bind("consumer", wanted.consumer())
                    .bind("limit", wanted.limit());
            if (wanted.template() != null) {
                query.bind("template", wanted.template());
            }
            if (wanted.startedFrom() != null) {
                query.bind("from", wanted.startedFrom().toEpochMilli());
            }
            if (after != null) {
                query.bind("at", after.atMs()).bind("id", after.id());
            }
            for (int i = 0; i < pairs.size(); i++) {
                query.bind("name" + i, pairs.get(i).getKey())
                        .bind("value" + i, pairs.get(i).getValue());
            }
            return query.map(new SandboxRow(handle)).list();
        });
    }

    Map<SandboxState, Integer> counts(@Nullable String consumer) {
        var sql = "SELECT state, count(*) AS n FROM sandboxes WHERE state IN " + OPEN
                + (consumer == null ? "" : " AND consumer = :consumer") + " GROUP BY state";
        return store.read(handle -> {
            var counts = new EnumMap<SandboxState, Integer>(SandboxState.class);
            var query = handle.createQuery(sql);
            if (consumer != null) {
                query.bind("consumer", consumer);
            }
            query.map((row, context) -> counts.put(SandboxState.valueOf(row.getString("state")), row.getInt("n")))
                    .list();
            return counts;
        });
    }

    /** Ids of all that have processes or could have. */
    List<SandboxId> live() {
        return store.read(handle -> handle.createQuery("SELECT id FROM sandboxes WHERE state IN ('RUNNING', 'PAUSED')")
                .map((row, context) -> new SandboxId(row.getString("id")))
                .list());
    }

    boolean isRunning(SandboxId id) {
        return store.read(handle -> handle.createQuery("SELECT 1 FROM sandboxes WHERE id = :id AND state = 'RUNNING'")
                .bind("id", id.value())
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    }

    /**
     * Those that may need somebody's care: begun and not finished, past their deadline, held by a process, or with an attempt
     * to look at once more.
     *
     * @param late before which such attempts began
     */
    List<Sandbox> inDoubt(Instant now, Instant late) {
        return store.read(handle -> handle.createQuery(SandboxRow.SELECT
                        + " WHERE state IN ('REQUESTED', 'PROVISIONING', 'STOPPING')"
                        + " OR state IN ('RUNNING', 'PAUSED')"
                        + " AND (deadline <= :now OR holder IS NOT NULL OR transition IS NOT NULL)"
                        + " OR id IN (SELECT sandbox FROM attempts WHERE " + TO_LOOK_AT + ")")
                .bind("now", now.toEpochMilli())
                .bind("late", late.toEpochMilli())
                .map(new SandboxRow(handle))
                .list());
    }

    List<Sandbox> running(ExtensionId extension) {
        return store.read(handle -> handle.createQuery(
                        SandboxRow.SELECT + " WHERE state IN ('RUNNING', 'PAUSED') AND extension = :extension")
                .bind("extension", extension.value())
                .map(new SandboxRow(handle))
                .list());
    }

    Optional<Earlier> findByKey(String consumer, String key) {
        return store.read(handle -> handle.createQuery(
                        "SELECT id, request_hash FROM sandboxes WHERE consumer = :consumer AND idempotency_key = :key")
                .bind("consumer", consumer)
                .bind("key", key)
                .map((row, context) -> new Earlier(new SandboxId(row.getString("id")), row.getString("request_hash")))
                .findOne());
    }

    /** An earlier request with the same idempotency key. */
    record Earlier(SandboxId sandbox, String requestHash) {}

    boolean hasKey(SandboxId sandbox) {
        return store.read(handle -> handle.createQuery(
                                "SELECT count(*) FROM sandboxes WHERE id = :id AND idempotency_key IS NOT NULL")
                        .bind("id", sandbox.value())
                        .mapTo(Integer.class)
                        .one())
                > 0;
    }

    void insert(Handle handle, Attempt attempt) {
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

    void record(Handle handle, Attempt attempt, Outcome outcome, @Nullable String message) {
        handle.execute(
                "UPDATE attempts SET outcome = ?, message = ? WHERE sandbox = ? AND attempt = ? AND outcome IS NULL",
                outcome.name(),
                message == null ? null : Redactor.clean(message),
                attempt.sandbox().value(),
                attempt.number());
    }

    /** It was looked for again, or can't have made anything. */
    void lookedAgain(Handle handle, Attempt attempt, Instant now) {
        handle.execute(
                "UPDATE attempts SET looked_again_at = ? WHERE sandbox = ? AND attempt = ?",
                now.toEpochMilli(),
                attempt.sandbox().value(),
                attempt.number());
    }

    public List<Attempt> attempts(SandboxId sandbox) {
        return store.read(handle -> handle.createQuery("SELECT * FROM attempts WHERE sandbox = :id ORDER BY attempt")
                .bind("id", sandbox.value())
                .map((row, context) -> attempt(sandbox, row))
                .list());
    }

    /** Those to look at once more. */
    List<Attempt> attemptsToLookAt(SandboxId sandbox, Instant late) {
        return store.read(handle -> handle.createQuery(
                        "SELECT * FROM attempts WHERE sandbox = :id AND " + TO_LOOK_AT + " ORDER BY attempt")
                .bind("id", sandbox.value())
                .bind("late", late.toEpochMilli())
                .map((row, context) -> attempt(sandbox, row))
                .list());
    }

    private static Attempt attempt(SandboxId sandbox, ResultSet row) throws SQLException {
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
