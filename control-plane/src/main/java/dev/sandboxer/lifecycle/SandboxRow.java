package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.credentials.Rule;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** How a sandbox is written to and read from a row. */
record SandboxRow(Handle handle) implements RowMapper<Sandbox> {
    static final String SELECT = "SELECT * FROM sandboxes";

    /** Binds what both insert and update write. */
    static Update bind(Update update, Sandbox sandbox) {
        bind(update, sandbox.receipt());
        return update.bind("id", sandbox.id().value())
                .bind("state", sandbox.state().name())
                .bind(
                        "extension",
                        sandbox.extension() == null ? null : sandbox.extension().value())
                .bind("cpu", sandbox.size().cpuMillis())
                .bind("memory", sandbox.size().memoryMiB())
                .bind("disk", sandbox.size().diskMiB())
                .bind("deadline", sandbox.deadline().toEpochMilli())
                .bind("actor", sandbox.actor().text());
    }

    static Update bind(Update update, @Nullable Receipt receipt) {
        return update.bind(
                        "credential",
                        receipt == null ? null : receipt.credential().value())
                .bind(
                        "credential_owner",
                        receipt == null ? null : receipt.owner().toRow())
                .bind("credential_rule", receipt == null ? null : receipt.rule().name());
    }

    static @Nullable Receipt receipt(ResultSet row) throws SQLException {
        var credential = row.getString("credential");
        return credential == null
                ? null
                : new Receipt(
                        new CredentialId(credential),
                        Owner.ofRow(row.getString("credential_owner")),
                        Rule.valueOf(row.getString("credential_rule")));
    }

    static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    static @Nullable String name(@Nullable Enum<?> constant) {
        return constant == null ? null : constant.name();
    }

    @Override
    public Sandbox map(ResultSet row, StatementContext context) throws SQLException {
        var id = new SandboxId(row.getString("id"));
        return new Sandbox(
                id,
                row.getLong("version"),
                row.getString("consumer"),
                new ProfileName(row.getString("profile")),
                SandboxState.valueOf(row.getString("state")),
                optional(row.getString("reason"), EndReason::valueOf),
                optional(row.getString("extension"), ExtensionId::new),
                optional(row.getString("ref"), BackendRef::new),
                new SandboxSize(row.getInt("cpu_millis"), row.getInt("memory_mib"), row.getInt("disk_mib")),
                metadata(id),
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "started_at"),
                Instant.ofEpochMilli(row.getLong("deadline")),
                instant(row, "ended_at"),
                new ProcessIdentity(row.getString("actor")),
                optional(row.getString("holder"), ProcessIdentity::new),
                new Terms(
                        OnTimeout.valueOf(row.getString("on_timeout")),
                        row.getInt("auto_resume") != 0,
                        optional(row.getString("network"), NetworkPolicy::valueOf),
                        row.getInt("public_ports") != 0,
                        row.getString("host_mask")),
                row.getString("snapshot"),
                instant(row, "paused_at"),
                instant(row, "resumed_at"),
                optional(row.getString("transition"), Transition::valueOf),
                receipt(row));
    }

    private Map<String, String> metadata(SandboxId id) {
        var metadata = new HashMap<String, String>();
        handle.createQuery("SELECT name, value FROM sandbox_metadata WHERE sandbox = :id")
                .bind("id", id.value())
                .map((row, context) -> metadata.put(row.getString("name"), row.getString("value")))
                .list();
        return metadata;
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static <T> @Nullable T optional(@Nullable String text, Function<String, T> parse) {
        return text == null ? null : parse.apply(text);
    }
}
