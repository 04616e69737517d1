package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Sandboxes as rows. {@link Transitions} alone writes them. */
public final class SandboxStore {
    private static final String OPEN = "('PROVISIONING', 'RUNNING', 'PAUSED', 'STOPPING')";

    private final Database database;

    public SandboxStore(Database database) {
        this.database = database;
    }

    /** This installation's id, made on first use. */
    public String installation() {
        return database.read(SandboxStore::findInstallation)
                .orElseGet(() ->
                        database.exclusively(handle -> findInstallation(handle).orElseGet(() -> {
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
        var update = handle.createUpdate("""
                    INSERT INTO sandboxes (id, version, consumer, profile, state, extension, cpu_millis, memory_mib,
                        disk_mib, created_at, deadline, actor, holder, idempotency_key, request_hash, snapshot, on_timeout,
                        auto_resume, network, public_ports, host_mask, credential, credential_owner, credential_rule, gpu, region, route, host,
                        lease_until, max_cost, wanted_until)
                    VALUES (:id, 1, :consumer, :profile, :state, :extension, :cpu, :memory, :disk, :created_at,
                        :deadline, :actor, :holder, :key, :hash, :snapshot, :on_timeout, :auto_resume, :network, :public_ports,
                        :host_mask, :credential, :credential_owner, :credential_rule, :gpu, :region, :route,
                        :host, :lease_until, :max_cost, :wanted_until)
                    ON CONFLICT (consumer, idempotency_key) DO NOTHING
                    """);
        var rows = SandboxRow.bind(update, sandbox)
                .bind("consumer", sandbox.consumer())
                .bind("profile", sandbox.profile().value())
                .bind("created_at", sandbox.createdAt().toEpochMilli())
                .bind(
                        "holder",
                        sandbox.holder() == null ? null : sandbox.holder().text())
                .bind("key", idempotencyKey)
                .bind("hash", requestHash)
                .bind("snapshot", sandbox.snapshot())
                .bind("route", sandbox.origin().route())
                .bind("auto_resume", sandbox.terms().autoResume() ? 1 : 0)
                .bind("network", SandboxRow.name(sandbox.terms().network()))
                .bind("public_ports", sandbox.terms().publicPorts() ? 1 : 0)
                .bind("host_mask", sandbox.terms().hostMask())
                .bind(
                        "max_cost",
                        sandbox.terms().maxCost() == null
                                ? null
                                : sandbox.terms().maxCost().nanos())
                .execute();
        if (rows != 1) {
            throw underWay();
        }
        insertMetadata(handle, sandbox);
    }

    private static void insertMetadata(Handle handle, Sandbox sandbox) {
        sandbox.metadata()
                .forEach((name, value) -> handle.execute(
                        "INSERT INTO sandbox_metadata (sandbox, name, value) VALUES (?, ?, ?)",
                        sandbox.id().value(),
                        name,
                        value));
    }

    /** Writes the metadata of a sandbox whose row this transaction has changed. */
    void replaceMetadata(Handle handle, Sandbox sandbox) {
        handle.execute(
                "DELETE FROM sandbox_metadata WHERE sandbox = ?", sandbox.id().value());
        insertMetadata(handle, sandbox);
    }

    /** What a second request with an idempotency key hears as long as the first has no sandbox. */
    public static SandboxException underWay() {
        return new SandboxException(
                ErrorCode.CONFLICT,
                "a creation with this idempotency key is under way; try again in a moment to get its sandbox",
                Duration.ofSeconds(1));
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
     * @param read the version that was read
     * @return the sandbox with its new version
     * @throws SandboxException {@code CONFLICT} when somebody has
     */
    Sandbox update(Handle handle, long read, Sandbox changed) {
        var update = handle.createUpdate("""
                UPDATE sandboxes SET version = :version + 1, state = :state, reason = :reason, extension = :extension,
                    ref = :ref, cpu_millis = :cpu, memory_mib = :memory, disk_mib = :disk, gpu = :gpu, region = :region,
                    host = :host, lease_until = :lease_until, started_at = :started_at,
                    deadline = :deadline, wanted_until = :wanted_until, on_timeout = :on_timeout, ended_at = :ended_at, actor = :actor, paused_at = :paused_at,
                    resumed_at = :resumed_at, transition = :pending, credential = :credential,
                    credential_owner = :credential_owner, credential_rule = :credential_rule
                WHERE id = :id AND version = :version
                """);
        var rows = SandboxRow.bind(update, changed)
                .bind("version", read)
                .bind("reason", SandboxRow.name(changed.reason()))
                .bind("paused_at", SandboxRow.millis(changed.times().pausedAt()))
                .bind("resumed_at", SandboxRow.millis(changed.times().resumedAt()))
                .bind("pending", SandboxRow.name(changed.pending()))
                .bind("ref", changed.ref() == null ? null : changed.ref().value())
                .bind("started_at", SandboxRow.millis(changed.startedAt()))
                .bind("ended_at", SandboxRow.millis(changed.endedAt()))
                .execute();
        if (rows != 1) {
            throw Conflicts.changed(changed.id());
        }
        return changed.withVersion(read + 1);
    }

    /** The sandbox with exactly that id, whosever it is. */
    public Optional<Sandbox> find(SandboxId id) {
        return database
                .read(handle -> SandboxRow.read(
                        handle.createQuery(SandboxRow.select("id = :id")).bind("id", id.value())))
                .stream()
                .findFirst();
    }

    /** Running ones whose deadline is earlier than was asked for, and lies between those times. */
    public List<Sandbox> shortOfCredit(Instant from, Instant to) {
        return database.read(handle -> SandboxRow.read(handle.createQuery(SandboxRow.select(
                        "wanted_until IS NOT NULL AND state = 'RUNNING' AND deadline > :from AND deadline <= :to"))
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())));
    }

    /** The sandbox as it is now. */
    public Sandbox current(Sandbox seen) {
        return find(seen.id()).orElse(seen);
    }

    /** A consumer's sandboxes whose id begins like that, open ones first; at most a few. */
    public List<Sandbox> findByPrefix(String consumer, String prefix) {
        var id = database.byBytes("id"); // '~' comes after all characters of ids only there
        var sql = SandboxRow.select(
                "consumer = :consumer AND " + id + " >= :prefix AND " + id + " < :prefix || '~'",
                "id = :prefix DESC, state IN " + OPEN + " DESC, id",
                "LIMIT 5");
        return database.read(handle -> SandboxRow.read(
                handle.createQuery(sql).bind("consumer", consumer).bind("prefix", prefix)));
    }

    /** All of a consumer (null = everybody's) that are open, or all; newest first. */
    public List<Sandbox> list(@Nullable String consumer, boolean ended) {
        var whose = consumer == null ? "TRUE" : "consumer = :consumer";
        var sql = SandboxRow.select(ended ? whose : whose + " AND state IN " + OPEN, "created_at DESC, id", "");
        return database.read(handle -> {
            var query = handle.createQuery(sql);
            if (consumer != null) {
                query.bind("consumer", consumer);
            }
            return SandboxRow.read(query);
        });
    }

    /** One page. */
    public List<Sandbox> query(SandboxQuery wanted) {
        var after = wanted.after();
        var newer = wanted.newestFirst();
        var where = new StringBuilder("consumer = :consumer AND state IN (<states>) AND started_at IS NOT NULL");
        where.append(wanted.template() == null ? "" : " AND coalesce(snapshot, profile) = :template");
        where.append(wanted.startedFrom() == null ? "" : " AND started_at >= :from");
        where.append(
                after == null
                        ? ""
                        : " AND (started_at " + (newer ? "<" : ">") + " :at OR started_at = :at AND id > :id)");
        var pairs = List.copyOf(wanted.metadata().entrySet());
        for (int i = 0; i < pairs.size(); i++) {
            where.append(
                    " AND EXISTS (SELECT 1 FROM sandbox_metadata m WHERE m.sandbox = sandboxes.id AND m.name = :name"
                            + i + " AND m.value = :value" + i + ")");
        }
        var sql =
                SandboxRow.select(where.toString(), "started_at " + (newer ? "DESC" : "ASC") + ", id", "LIMIT :limit");
        return database.read(handle -> {
            var query = handle.createQuery(sql)
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
            return SandboxRow.read(query);
        });
    }

    public Map<SandboxState, Integer> counts(@Nullable String consumer) {
        var sql = "SELECT state, count(*) AS n FROM sandboxes WHERE state IN " + OPEN
                + (consumer == null ? "" : " AND consumer = :consumer") + " GROUP BY state";
        return database.read(handle -> {
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
    public List<SandboxId> live() {
        return database.read(
                handle -> handle.createQuery("SELECT id FROM sandboxes WHERE state IN ('RUNNING', 'PAUSED')")
                        .map((row, context) -> new SandboxId(row.getString("id")))
                        .list());
    }

    /** Ids of open ones that were made with a credential, or of which an attempt was made with it. */
    public List<String> openWith(Handle handle, CredentialId credential) {
        return handle.createQuery("SELECT id FROM sandboxes WHERE state IN " + OPEN + " AND (credential = :id"
                        + " OR id IN (SELECT sandbox FROM attempts WHERE credential = :id)) ORDER BY id")
                .bind("id", credential.value())
                .mapTo(String.class)
                .list();
    }

    public boolean isRunning(SandboxId id) {
        return database.read(
                handle -> handle.createQuery("SELECT 1 FROM sandboxes WHERE id = :id AND state = 'RUNNING'")
                        .bind("id", id.value())
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent());
    }

    /**
     * Those that may need somebody's care and can be reached from a host: begun and not finished, past their deadline, held by a
     * process, or with an attempt to look at once more.
     *
     * @param late before which such attempts began
     * @param host null = there is one host only
     */
    public List<Sandbox> inDoubt(Instant now, Instant late, @Nullable String host) {
        var sql = SandboxRow.select("(state IN ('PROVISIONING', 'STOPPING')"
                + " OR state IN ('RUNNING', 'PAUSED')"
                + " AND (deadline <= :now OR holder IS NOT NULL OR transition IS NOT NULL)"
                + " OR id IN (SELECT sandbox FROM attempts WHERE " + AttemptStore.TO_LOOK_AT + "))" + reached(host));
        return database.read(handle -> SandboxRow.read(from(host, handle.createQuery(sql))
                .bind("now", now.toEpochMilli())
                .bind("late", late.toEpochMilli())));
    }

    /** Those that run or are paused at an extension and can be reached from a host. */
    public List<Sandbox> running(ExtensionId extension, @Nullable String host) {
        var sql = SandboxRow.select("state IN ('RUNNING', 'PAUSED') AND extension = :extension" + reached(host));
        return database.read(
                handle -> SandboxRow.read(from(host, handle.createQuery(sql)).bind("extension", extension.value())));
    }

    private static String reached(@Nullable String host) {
        return host == null ? "" : " AND (host IS NULL OR host = :host)";
    }

    private static Query from(@Nullable String host, Query query) {
        return host == null ? query : query.bind("host", host);
    }

    /** Makes a worker's leases later, without a change of version; those that it has lost are not had back so. */
    public void renew(Collection<SandboxId> sandboxes, ProcessIdentity worker, Instant until) {
        database.write(handle -> handle.createUpdate("UPDATE sandboxes SET lease_until = :until"
                        + " WHERE id IN (<ids>) AND actor = :worker AND lease_until IS NOT NULL")
                .bindList("ids", sandboxes.stream().map(SandboxId::value).toList())
                .bind("worker", worker.text())
                .bind("until", until.toEpochMilli())
                .execute());
    }

    /** Gives a worker's lease on a sandbox back, if it has one. */
    public void release(SandboxId sandbox, ProcessIdentity worker) {
        database.write(handle -> handle.execute(
                "UPDATE sandboxes SET lease_until = 0 WHERE id = ? AND actor = ? AND lease_until > 0",
                sandbox.value(),
                worker.text()));
    }

    /** Gives all leases of a worker back. */
    public void release(ProcessIdentity worker) {
        database.write(handle -> handle.execute(
                "UPDATE sandboxes SET lease_until = 0 WHERE actor = ? AND lease_until IS NOT NULL", worker.text()));
    }

    public Optional<Earlier> findByKey(String consumer, String key) {
        return database.read(handle -> handle.createQuery(
                        "SELECT id, request_hash FROM sandboxes WHERE consumer = :consumer AND idempotency_key = :key")
                .bind("consumer", consumer)
                .bind("key", key)
                .map((row, context) -> new Earlier(new SandboxId(row.getString("id")), row.getString("request_hash")))
                .findOne());
    }

    /** An earlier request with the same idempotency key. */
    public record Earlier(SandboxId sandbox, String requestHash) {}

    public boolean hasKey(SandboxId sandbox) {
        return database.read(handle -> handle.createQuery(
                                "SELECT count(*) FROM sandboxes WHERE id = :id AND idempotency_key IS NOT NULL")
                        .bind("id", sandbox.value())
                        .mapTo(Integer.class)
                        .one())
                > 0;
    }
}
