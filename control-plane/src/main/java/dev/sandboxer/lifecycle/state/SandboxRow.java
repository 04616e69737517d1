package dev.sandboxer.lifecycle.state;

import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.credentials.Rule;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.launch.LaunchText;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.payments.Money;
import dev.sandboxer.profiles.ProfileName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Writes sandboxes to rows and reads them. */
final class SandboxRow {
    private SandboxRow() {}

    /** Returns a query for sandboxes with their metadata, in no particular order. */
    static String select(String where) {
        return select(where, "id", "");
    }

    /**
     * Returns a query for sandboxes with their metadata. Its result has a row for each pair, and one for a sandbox without metadata; the
     * rows of a sandbox are adjacent.
     *
     * @param where the WHERE condition, on {@code sandboxes}
     * @param order the ORDER BY columns; the last one is the id
     * @param limit a whole LIMIT clause, or empty
     */
    static String select(String where, String order, String limit) {
        return "SELECT s.*, m.name AS metadata_name, m.value AS metadata_value FROM"
                + " (SELECT * FROM sandboxes WHERE " + where + " ORDER BY " + order + " " + limit + ") s"
                + " LEFT JOIN sandbox_metadata m ON m.sandbox = s.id ORDER BY " + order;
    }

    /** Reads the sandboxes that a query made by {@link #select} finds. */
    static List<Sandbox> read(Query query) {
        return query.scanResultSet((rows, context) -> {
            try (var row = rows.get()) {
                return read(row);
            }
        });
    }

    private static List<Sandbox> read(ResultSet row) throws SQLException {
        var found = new ArrayList<Sandbox>();
        var more = row.next();
        while (more) {
            var bare = map(row);
            var metadata = new HashMap<String, String>();
            do {
                var name = row.getString("metadata_name");
                if (name != null) {
                    metadata.put(name, row.getString("metadata_value"));
                }
                more = row.next();
            } while (more && row.getString("id").equals(bare.id().value()));
            found.add(bare.withMetadata(metadata));
        }
        return found;
    }

    private static Sandbox map(ResultSet row) throws SQLException {
        return new Sandbox(
                new SandboxId(row.getString("id")),
                row.getLong("version"),
                new Origin(
                        row.getString("consumer"),
                        new ProfileName(row.getString("profile")),
                        row.getString("snapshot"),
                        Map.of(),
                        optional(row.getString("holder"), ProcessIdentity::new),
                        row.getString("command"),
                        row.getString("route"),
                        LaunchText.read(row.getString("launch")),
                        template(row)),
                terms(row),
                new SandboxSize(
                        row.getInt("cpu_millis"),
                        row.getInt("memory_mib"),
                        row.getInt("disk_mib"),
                        optional(row.getString("gpu"), Gpus::parse)),
                new Placement(
                        new ExtensionId(row.getString("extension")),
                        row.getString("host"),
                        row.getString("region"),
                        optional(row.getString("ref"), BackendRef::new),
                        receipt(row)),
                times(row),
                new Status(
                        SandboxState.valueOf(row.getString("state")),
                        optional(row.getString("reason"), EndReason::valueOf),
                        row.getObject("exit_code") == null ? null : row.getInt("exit_code"),
                        optional(row.getString("transition"), PendingChange::valueOf),
                        new ProcessIdentity(row.getString("actor")),
                        instant(row, "lease_until")));
    }

    private static @Nullable NamedTemplate template(ResultSet row) throws SQLException {
        var id = row.getString("template");
        return id == null ? null : new NamedTemplate(id, row.getString("template_name"));
    }

    private static Terms terms(ResultSet row) throws SQLException {
        return new Terms(
                OnTimeout.valueOf(row.getString("on_timeout")),
                row.getInt("auto_resume") != 0,
                optional(row.getString("network"), NetworkPolicy::valueOf),
                row.getInt("public_ports") != 0,
                row.getString("host_mask"),
                money(row, "max_cost"),
                row.getInt("secured") != 0,
                optional(row.getString("network_rules"), RequestedRules::ofRow),
                duration(row, "idle_timeout"));
    }

    private static Times times(ResultSet row) throws SQLException {
        return new Times(
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "started_at"),
                Instant.ofEpochMilli(row.getLong("deadline")),
                instant(row, "paused_at"),
                instant(row, "resumed_at"),
                instant(row, "ended_at"),
                instant(row, "wanted_until"));
    }

    /** Binds the columns that insert and update both write. */
    static <S extends SqlStatement<S>> S bind(S statement, Sandbox sandbox) {
        bind(statement, sandbox.receipt());
        var gpu = sandbox.size().gpu();
        return statement
                .bind("id", sandbox.id().value())
                .bind("state", sandbox.state().name())
                .bind("extension", sandbox.extension().value())
                .bind("cpu", sandbox.size().cpuMillis())
                .bind("memory", sandbox.size().memoryMiB())
                .bind("disk", sandbox.size().diskMiB())
                .bind("gpu", gpu == null ? null : Gpus.format(gpu))
                .bind("region", sandbox.placement().region())
                .bind("host", sandbox.host())
                .bind("lease_until", millis(sandbox.leaseUntil()))
                .bind("deadline", sandbox.deadline().toEpochMilli())
                .bind("on_timeout", sandbox.terms().onTimeout().name())
                .bind("network", name(sandbox.terms().network()))
                .bind(
                        "rules",
                        sandbox.terms().rules() == null
                                ? null
                                : sandbox.terms().rules().toRow())
                .bind("wanted_until", millis(sandbox.times().wantedUntil()))
                .bind("actor", sandbox.actor().text());
    }

    /** Binds the columns that insert writes: those that update writes too, and those that never change. */
    static <S extends SqlStatement<S>> S bindNew(S statement, Sandbox sandbox) {
        bind(statement, sandbox);
        var template = sandbox.origin().template();
        var terms = sandbox.terms();
        return statement
                .bind("consumer", sandbox.consumer())
                .bind("profile", sandbox.profile().value())
                .bind("created_at", sandbox.createdAt().toEpochMilli())
                .bind(
                        "holder",
                        sandbox.holder() == null ? null : sandbox.holder().text())
                .bind("snapshot", sandbox.snapshot())
                .bind("route", sandbox.origin().route())
                .bind("command", sandbox.command())
                .bind("launch", LaunchText.write(sandbox.launch()))
                .bind("template", template == null ? null : template.id())
                .bind("template_name", template == null ? null : template.name())
                .bind("auto_resume", terms.autoResume() ? 1 : 0)
                .bind("public_ports", terms.publicPorts() ? 1 : 0)
                .bind("host_mask", terms.hostMask())
                .bind("secured", terms.secured() ? 1 : 0)
                .bind(
                        "max_cost",
                        terms.maxCost() == null ? null : terms.maxCost().nanos())
                .bind(
                        "idle_timeout",
                        terms.idleTimeout() == null ? null : terms.idleTimeout().toMillis());
    }

    static <S extends SqlStatement<S>> S bind(S statement, @Nullable Receipt receipt) {
        return statement
                .bind(
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

    private static @Nullable Duration duration(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    private static @Nullable Money money(ResultSet row, String column) throws SQLException {
        var nanos = row.getLong(column);
        return row.wasNull() ? null : new Money(nanos);
    }

    static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    static @Nullable String name(@Nullable Enum<?> constant) {
        return constant == null ? null : constant.name();
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    static <T> @Nullable T optional(@Nullable String text, Function<String, T> parse) {
        return text == null ? null : parse.apply(text);
    }
}
