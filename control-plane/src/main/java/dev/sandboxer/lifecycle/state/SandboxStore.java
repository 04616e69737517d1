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

/** Stores sandboxes. Only {@link Transitions} writes them. */
public final class SandboxStore {
    private static final String OPEN = "('PROVISIONING', 'RUNNING', 'PAUSED', 'STOPPING')";

    private final Database database;

    public SandboxStore(Database database) {
        this.database = database;
    }

    /** Returns this installation's id, which is created on first use. */
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
     * Inserts a new sandbox with its metadata.
     *
     * @throws SandboxException {@code CONFLICT} when the consumer has used the idempotency key before
     */
    void insert(Handle handle, Sandbox sandbox, @Nullable String idempotencyKey, String requestHash) {
        var update = handle.createUpdate("""
                    INSERT INTO sandboxes (id, version, consumer, profile, state, extension, cpu_millis, memory_mib,
                        disk_mib, created_at, deadline, actor, holder, idempotency_key, request_hash, snapshot, on_timeout,
                        auto_resume, network, public_ports, host_mask, credential, credential_owner, credential_rule, gpu,
                        region, route, host, lease_until, max_cost, wanted_until, secured, network_rules, idle_timeout, command,
                        launch, template, template_name)
                    VALUES (:id, 1, :consumer, :profile, :state, :extension, :cpu, :memory, :disk, :created_at,
                        :deadline, :actor, :holder, :key, :hash, :snapshot, :on_timeout, :auto_resume, :network, :public_ports,
                        :host_mask, :credential, :credential_owner, :credential_rule, :gpu, :region, :route,
                        :host, :lease_until, :max_cost, :wanted_until, :secured, :rules, :idle_timeout, :command, :launch,
                        :template, :template_name)
                    ON CONFLICT (consumer, idempotency_key) DO NOTHING
                    """);
        var rows = SandboxRow.bindNew(update, sandbox)
                .bind("key", idempotencyKey)
                .bind("hash", requestHash)
                .execute();
        if (rows != 1) {
            throw inProgress();
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

    /** Returns the failure of a request whose idempotency key belongs to a creation that is still in progress. */
    public static SandboxException inProgress() {
        return new SandboxException(
                ErrorCode.CONFLICT,
                "a creation with this idempotency key is in progress; try again in a moment to get its sandbox",
                Duration.ofSeconds(1));
    }

    /** Removes an idempotency key from a failed creation, so that the request can be tried again. */
    void releaseKey(Handle handle, String consumer, String key) {
        handle.execute(
                "UPDATE sandboxes SET idempotency_key = NULL WHERE consumer = ? AND idempotency_key = ?"
                        + " AND (state = 'FAILED' OR state = 'STOPPED' AND reason = 'FAILED')",
                consumer,
                key);
    }

    /**
     * Writes a change unless the sandbox has changed since it was read.
     *
     * @param read the version that was read
     * @return the sandbox with its new version
     * @throws SandboxException {@code CONFLICT} when it has changed
     */
    Sandbox update(Handle handle, long read, Sandbox changed) {
        var update = handle.createUpdate("""
                UPDATE sandboxes SET version = :version + 1, state = :state, reason = :reason, exit_code = :exit_code,
                    extension = :extension, ref = :ref, cpu_millis = :cpu, memory_mib = :memory, disk_mib = :disk, gpu = :gpu,
                    region = :region, host = :host, lease_until = :lease_until, started_at = :started_at,
                    deadline = :deadline, wanted_until = :wanted_until, on_timeout = :on_timeout, network = :network,
                    network_rules = :rules, ended_at = :ended_at, actor = :actor, paused_at = :paused_at,
                    resumed_at = :resumed_at, transition = :pending, credential = :credential,
                    credential_owner = :credential_owner, credential_rule = :credential_rule
                WHERE id = :id AND version = :version
                """);
        var rows = SandboxRow.bind(update, changed)
                .bind("version", read)
                .bind("reason", SandboxRow.name(changed.reason()))
                .bind("exit_code", changed.exitCode())
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

    /** Finds a sandbox of any consumer by its full id. */
    public Optional<Sandbox> find(SandboxId id) {
        return database
                .read(handle -> SandboxRow.read(
                        handle.createQuery(SandboxRow.select("id = :id")).bind("id", id.value())))
                .stream()
                .findFirst();
    }

    /** Returns the running sandboxes that are short of credit and whose deadline is after {@code from} and not after {@code to}. */
    public List<Sandbox> shortOfCredit(Instant from, Instant to) {
        return database.read(handle -> SandboxRow.read(handle.createQuery(SandboxRow.select(
                        "wanted_until IS NOT NULL AND state = 'RUNNING' AND deadline > :from AND deadline <= :to"))
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())));
    }

    /** Returns a sandbox as it is stored now. */
    public Sandbox current(Sandbox seen) {
        return find(seen.id()).orElse(seen);
    }

    /** Returns a consumer's sandboxes whose id begins with a prefix: an exact match first, then open ones. At most 5. */
    public List<Sandbox> findByPrefix(String consumer, String prefix) {
        var id = database.byBytes("id"); // in byte order '~' comes after all characters of ids
        var sql = SandboxRow.select(
                "consumer = :consumer AND " + id + " >= :prefix AND " + id + " < :prefix || '~'",
                "id = :prefix DESC, state IN " + OPEN + " DESC, id",
                "LIMIT 5");
        return database.read(handle -> SandboxRow.read(
                handle.createQuery(sql).bind("consumer", consumer).bind("prefix", prefix)));
    }

    /**
     * Lists a consumer's sandboxes, newest first.
     *
     * @param consumer null = all consumers
     * @param includeEnded true to include those that have ended
     */
    public List<Sandbox> list(@Nullable String consumer, boolean includeEnded) {
        var whose = consumer == null ? "TRUE" : "consumer = :consumer";
        var sql = SandboxRow.select(includeEnded ? whose : whose + " AND state IN " + OPEN, "created_at DESC, id", "");
        return database.read(handle -> {
            var query = handle.createQuery(sql);
            if (consumer != null) {
                query.bind("consumer", consumer);
            }
            return SandboxRow.read(query);
        });
    }

    /** Returns one page of sandboxes. */
    public List<Sandbox> query(SandboxQuery wanted) {
        var after = wanted.after();
        var newer = wanted.newestFirst();
        var where = new StringBuilder("consumer = :consumer AND state IN (<states>) AND started_at IS NOT NULL");
        where.append(wanted.template() == null ? "" : " AND coalesce(template, snapshot, profile) = :template");
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

    /** Counts a consumer's open sandboxes by state; null = all consumers. */
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

    /** Returns the ids of all running and paused sandboxes. */
    public List<SandboxId> live() {
        return database.read(
                handle -> handle.createQuery("SELECT id FROM sandboxes WHERE state IN ('RUNNING', 'PAUSED')")
                        .map((row, context) -> new SandboxId(row.getString("id")))
                        .list());
    }

    /** Returns the ids of open sandboxes that were created with a credential, or had an attempt with it. */
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
     * Returns the sandboxes that a host can reach and that may need repair: unfinished, past their deadline, held by a process, or with an
     * attempt that needs one more look-up.
     *
     * @param late attempts that began later need no look-up yet
     * @param host null = there is only one host
     */
    public List<Sandbox> needingRepair(Instant now, Instant late, @Nullable String host) {
        var sql = SandboxRow.select("(state IN ('PROVISIONING', 'STOPPING')"
                + " OR state IN ('RUNNING', 'PAUSED')"
                + " AND (deadline <= :now OR holder IS NOT NULL OR transition IS NOT NULL)"
                + " OR id IN (SELECT sandbox FROM attempts WHERE " + AttemptStore.TO_LOOK_AT + "))"
                + reachableFrom(host));
        return database.read(handle -> SandboxRow.read(bindHost(host, handle.createQuery(sql))
                .bind("now", now.toEpochMilli())
                .bind("late", late.toEpochMilli())));
    }

    /** Returns an extension's running and paused sandboxes that a host can reach; null = there is only one host. */
    public List<Sandbox> running(ExtensionId extension, @Nullable String host) {
        var sql = SandboxRow.select("state IN ('RUNNING', 'PAUSED') AND extension = :extension" + reachableFrom(host));
        return database.read(handle ->
                SandboxRow.read(bindHost(host, handle.createQuery(sql)).bind("extension", extension.value())));
    }

    private static String reachableFrom(@Nullable String host) {
        return host == null ? "" : " AND (host IS NULL OR host = :host)";
    }

    private static Query bindHost(@Nullable String host, Query query) {
        return host == null ? query : query.bind("host", host);
    }

    /** Extends a worker's leases without a new version. Leases that it has lost stay lost. */
    public void renew(Collection<SandboxId> sandboxes, ProcessIdentity worker, Instant until) {
        database.write(handle -> handle.createUpdate("UPDATE sandboxes SET lease_until = :until"
                        + " WHERE id IN (<ids>) AND actor = :worker AND lease_until IS NOT NULL")
                .bindList("ids", sandboxes.stream().map(SandboxId::value).toList())
                .bind("worker", worker.text())
                .bind("until", until.toEpochMilli())
                .execute());
    }

    /** Releases a worker's lease on a sandbox, if it has one. */
    public void release(SandboxId sandbox, ProcessIdentity worker) {
        database.write(handle -> handle.execute(
                "UPDATE sandboxes SET lease_until = 0 WHERE id = ? AND actor = ? AND lease_until > 0",
                sandbox.value(),
                worker.text()));
    }

    /** Releases all leases of a worker. */
    public void release(ProcessIdentity worker) {
        database.write(handle -> handle.execute(
                "UPDATE sandboxes SET lease_until = 0 WHERE actor = ? AND lease_until IS NOT NULL", worker.text()));
    }

    /** Finds the request that used an idempotency key. */
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

    /** Returns true if a sandbox was requested with an idempotency key. */
    public boolean hasKey(SandboxId sandbox) {
        return database.read(handle -> handle.createQuery(
                                "SELECT count(*) FROM sandboxes WHERE id = :id AND idempotency_key IS NOT NULL")
                        .bind("id", sandbox.value())
                        .mapTo(Integer.class)
                        .one())
                > 0;
    }
}
