package dev.sandboxer.templates;

import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores templates, their builds, tags, logs and cached snapshots. */
final class TemplateStore {
    private final Database database;

    TemplateStore(Database database) {
        this.database = database;
    }

    /** Returns the consumer's template of that name, and inserts it if there is none. */
    Template findOrInsert(Handle handle, Template fresh) {
        handle.execute(
                "INSERT INTO templates (id, consumer, name, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (consumer, name) DO UPDATE SET updated_at = excluded.updated_at",
                fresh.id(),
                fresh.consumer(),
                fresh.name(),
                fresh.createdAt().toEpochMilli(),
                fresh.updatedAt().toEpochMilli());
        return find(handle, fresh.consumer(), fresh.name()).orElseThrow();
    }

    Optional<Template> find(String consumer, String nameOrId) {
        return database.read(handle -> find(handle, consumer, nameOrId));
    }

    private static Optional<Template> find(Handle handle, String consumer, String nameOrId) {
        return handle.createQuery("SELECT * FROM templates WHERE consumer = :consumer AND (name = :name OR id = :name)"
                        + " ORDER BY name = :name DESC LIMIT 1")
                .bind("consumer", consumer)
                .bind("name", nameOrId)
                .map((row, context) -> template(row))
                .findOne();
    }

    /** Lists a consumer's templates by name. */
    List<Template> list(String consumer) {
        return database.read(handle -> handle.createQuery("SELECT * FROM templates WHERE consumer = ? ORDER BY name")
                .bind(0, consumer)
                .map((row, context) -> template(row))
                .list());
    }

    void insert(Handle handle, Build build) {
        handle.createUpdate("""
                INSERT INTO template_builds (id, template, consumer, state, tags, cpu_millis, memory_mib, created_at, actor)
                VALUES (:id, :template, :consumer, :state, :tags, :cpu, :memory, :created, :actor)
                """)
                .bind("id", build.id())
                .bind("template", build.template())
                .bind("consumer", build.consumer())
                .bind("state", build.state().name())
                .bind("tags", String.join(",", build.tags()))
                .bind("cpu", build.cpuMillis())
                .bind("memory", build.memoryMiB())
                .bind("created", build.createdAt().toEpochMilli())
                .bind("actor", build.actor().text())
                .execute();
    }

    /** Marks a waiting build as building. Returns false if it was not waiting. */
    boolean begin(Handle handle, String build, ProcessIdentity actor) {
        return handle.execute(
                        "UPDATE template_builds SET state = 'BUILDING', actor = ? WHERE id = ? AND state = 'WAITING'",
                        actor.text(),
                        build)
                == 1;
    }

    /** Marks a build as ready. Returns false if it is no longer being built. */
    boolean ready(Handle handle, Build build, String snapshot, Instant at) {
        return handle.execute(
                        "UPDATE template_builds SET state = 'READY', snapshot = ?, ended_at = ?"
                                + " WHERE id = ? AND state = 'BUILDING'",
                        snapshot,
                        at.toEpochMilli(),
                        build.id())
                == 1;
    }

    /** Marks a build as failed, unless it has ended. */
    void failed(Handle handle, String build, String step, String reason, Instant at) {
        handle.execute(
                "UPDATE template_builds SET state = 'FAILED', step = ?, reason = ?, ended_at = ?"
                        + " WHERE id = ? AND state IN ('WAITING', 'BUILDING')",
                step,
                reason,
                at.toEpochMilli(),
                build);
    }

    Optional<Build> build(String consumer, String id) {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM template_builds WHERE consumer = :consumer AND id = :id")
                        .bind("consumer", consumer)
                        .bind("id", id)
                        .map((row, context) -> build(row))
                        .findOne());
    }

    /** Finds the build that has a tag. */
    Optional<Build> tagged(String template, String tag) {
        return database.read(handle -> handle.createQuery("SELECT b.* FROM template_builds b JOIN template_tags t"
                        + " ON t.build = b.id WHERE t.template = :template AND t.tag = :tag")
                .bind("template", template)
                .bind("tag", tag)
                .map((row, context) -> build(row))
                .findOne());
    }

    /** Returns the builds of a template, newest first. */
    List<Build> builds(String template) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM template_builds WHERE template = ? ORDER BY created_at DESC, id")
                .bind(0, template)
                .map((row, context) -> build(row))
                .list());
    }

    /** Returns the builds that have not ended. */
    List<Build> unfinished() {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM template_builds WHERE state IN ('WAITING', 'BUILDING')")
                        .map((row, context) -> build(row))
                        .list());
    }

    /**
     * A tag of a template.
     *
     * @param since when it was set
     */
    record Tag(String name, String build, Instant since) {}

    void tag(Handle handle, String template, String tag, String build, Instant at) {
        handle.execute(
                "INSERT INTO template_tags (template, tag, build, created_at) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (template, tag) DO UPDATE SET build = excluded.build,"
                        + " created_at = excluded.created_at",
                template,
                tag,
                build,
                at.toEpochMilli());
    }

    void untag(Handle handle, String template, String tag) {
        handle.execute("DELETE FROM template_tags WHERE template = ? AND tag = ?", template, tag);
    }

    List<Tag> tags(String template) {
        return database.read(handle -> handle.createQuery(
                        "SELECT tag, build, created_at FROM template_tags WHERE template = ? ORDER BY tag")
                .bind(0, template)
                .map((row, context) -> new Tag(
                        row.getString("tag"), row.getString("build"), Instant.ofEpochMilli(row.getLong("created_at"))))
                .list());
    }

    void append(String build, List<BuildLine> lines) {
        database.write(handle -> {
            var next = handle.createQuery("SELECT coalesce(max(n), -1) + 1 FROM template_log WHERE build = ?")
                    .bind(0, build)
                    .mapTo(Long.class)
                    .one();
            var batch = handle.prepareBatch("INSERT INTO template_log (build, n, at, level, step, message)"
                    + " VALUES (:build, :n, :at, :level, :step, :message)");
            for (var line : lines) {
                batch.bind("build", build)
                        .bind("n", next++)
                        .bind("at", line.at().toEpochMilli())
                        .bind("level", line.level().name())
                        .bind("step", line.step())
                        .bind("message", line.message())
                        .add();
            }
            batch.execute();
        });
    }

    List<BuildLine> log(String build, long from, int limit) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM template_log WHERE build = :build AND n >= :from ORDER BY n LIMIT :limit")
                .bind("build", build)
                .bind("from", from)
                .bind("limit", limit)
                .map((row, context) -> new BuildLine(
                        Instant.ofEpochMilli(row.getLong("at")),
                        BuildLine.Level.valueOf(row.getString("level")),
                        row.getString("step"),
                        row.getString("message")))
                .list());
    }

    /** Returns the step of the last line of a build's log. */
    Optional<String> lastStep(String build) {
        return database.read(
                handle -> handle.createQuery("SELECT step FROM template_log WHERE build = ? ORDER BY n DESC LIMIT 1")
                        .bind(0, build)
                        .mapTo(String.class)
                        .findOne());
    }

    /** Finds the cached snapshot of a step by its hash. */
    Optional<String> layer(String template, String key) {
        return database.read(handle -> handle.createQuery(
                        "SELECT snapshot FROM template_layers WHERE template = ? AND key = ? LIMIT 1")
                .bind(0, template)
                .bind(1, key)
                .mapTo(String.class)
                .findOne());
    }

    void addLayer(Handle handle, String template, String key, String snapshot, String build) {
        handle.execute(
                "INSERT INTO template_layers (template, key, snapshot, build) VALUES (?, ?, ?, ?)",
                template,
                key,
                snapshot,
                build);
    }

    /** Records the build that used a cached snapshot last. */
    void useLayer(Handle handle, String template, String key, String build) {
        handle.execute("UPDATE template_layers SET build = ? WHERE template = ? AND key = ?", build, template, key);
    }

    /** Returns the cached snapshots of a template that a build has not used. */
    List<String> layersOfOthers(String template, String build) {
        return database.read(
                handle -> handle.createQuery("SELECT snapshot FROM template_layers WHERE template = ? AND build <> ?")
                        .bind(0, template)
                        .bind(1, build)
                        .mapTo(String.class)
                        .list());
    }

    void removeLayer(Handle handle, String template, String snapshot) {
        handle.execute("DELETE FROM template_layers WHERE template = ? AND snapshot = ?", template, snapshot);
    }

    void remove(Handle handle, String build) {
        handle.execute("DELETE FROM template_tags WHERE build = ?", build);
        handle.execute("DELETE FROM template_log WHERE build = ?", build);
        handle.execute("DELETE FROM template_builds WHERE id = ?", build);
    }

    void removeTemplate(Handle handle, String template) {
        handle.execute("DELETE FROM templates WHERE id = ?", template);
    }

    private static Template template(ResultSet row) throws SQLException {
        return new Template(
                row.getString("id"),
                row.getString("consumer"),
                row.getString("name"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")));
    }

    private static Build build(ResultSet row) throws SQLException {
        var ended = row.getLong("ended_at");
        var hasEnded = !row.wasNull();
        return new Build(
                row.getString("id"),
                row.getString("template"),
                row.getString("consumer"),
                Build.State.valueOf(row.getString("state")),
                Arrays.asList(row.getString("tags").split(",", -1)),
                integer(row, "cpu_millis"),
                integer(row, "memory_mib"),
                row.getString("snapshot"),
                row.getString("step"),
                row.getString("reason"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                hasEnded ? Instant.ofEpochMilli(ended) : null,
                new ProcessIdentity(row.getString("actor")));
    }

    private static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
        var value = row.getInt(column);
        return row.wasNull() ? null : Integer.valueOf(value);
    }
}
