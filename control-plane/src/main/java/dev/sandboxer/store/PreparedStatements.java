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
 * Statements of one connection that stay prepared for their next use: SQLite needs longer to prepare most than to carry them
 * out. Used by one thread at a time, like the connection.
 */
final class PreparedStatements implements StatementBuilder {
    private static final int MOST = 100;

    private final StatementBuilder fresh = new DefaultStatementBuilder();

    private final Map<Statement, String> inUse = new IdentityHashMap<>();

    /** By their SQL, the one that was used longest ago first. */
    private final SequencedMap<String, PreparedStatement> idle = new LinkedHashMap<>();

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        var known = idle.remove(sql);
        var statement = known == null ? fresh.create(connection, sql, context) : known;
        inUse.put(statement, sql);
        return statement;
    }

    /** @param template the SQL before its names were replaced */
    @Override
    public void close(Connection connection, String template, Statement statement) throws SQLException {
        var sql = inUse.remove(statement);
        if (sql == null || statement.isClosed()) {
            fresh.close(connection, template, statement);
            return;
        }
        var prepared = (PreparedStatement) statement;
        prepared.clearParameters();
        prepared.clearBatch();
        var same = idle.put(sql, prepared);
        if (same != null) {
            same.close();
        }
        if (idle.size() > MOST) {
            idle.pollFirstEntry().getValue().close();
        }
    }

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return fresh.create(connection, context);
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return fresh.createCall(connection, sql, context);
    }
}
