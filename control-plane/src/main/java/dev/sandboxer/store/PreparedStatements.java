package dev.sandboxer.store;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A cache of the prepared statements of one connection. SQLite takes longer to prepare most statements than to execute them. Not
 * thread-safe, like the connection.
 */
final class PreparedStatements implements StatementBuilder {
    private static final int MAX_IDLE = 100;

    private final StatementBuilder builder = new DefaultStatementBuilder();

    private final Map<Statement, String> inUse = new IdentityHashMap<>();

    /** Unused statements by their SQL, the least recently used first. */
    private final SequencedMap<String, PreparedStatement> idle = new LinkedHashMap<>();

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        var cached = idle.remove(sql);
        var statement = cached == null ? builder.create(connection, sql, context) : cached;
        inUse.put(statement, sql);
        return statement;
    }

    /** @param template the SQL with named parameters; unused, because {@link #create} has seen the final SQL */
    @Override
    public void close(Connection connection, String template, Statement statement) throws SQLException {
        var sql = inUse.remove(statement);
        if (sql == null || statement.isClosed()) {
            builder.close(connection, template, statement);
            return;
        }
        var prepared = (PreparedStatement) statement;
        prepared.clearParameters();
        prepared.clearBatch();
        var same = idle.put(sql, prepared);
        if (same != null) {
            same.close();
        }
        if (idle.size() > MAX_IDLE) {
            idle.pollFirstEntry().getValue().close();
        }
    }

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return builder.create(connection, context);
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return builder.createCall(connection, sql, context);
    }
}
