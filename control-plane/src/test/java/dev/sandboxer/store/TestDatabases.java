package dev.sandboxer.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens databases for tests: with short timeouts, or watched. */
public final class TestDatabases {
    private TestDatabases() {}

    /** Opens an SQLite file. A write waits at most 50 ms for other writers. */
    public static Database withShortTimeout(Path file) {
        return SqliteDatabase.open(file, Duration.ofMillis(50), UnaryOperator.identity());
    }

    /** Like {@link #watched(Path, Consumer, Consumer)}, but watches only commits. */
    public static Database watched(Path file, Consumer<String> boundary) {
        return watched(file, boundary, sql -> {});
    }

    /**
     * Opens an SQLite file and watches its statements and commits.
     *
     * @param boundary gets "COMMIT before" and "COMMIT after"; an error that it throws cuts the commit short
     * @param statements gets the text of each statement before it runs
     */
    public static Database watched(Path file, Consumer<String> boundary, Consumer<String> statements) {
        return SqliteDatabase.open(file, Duration.ofSeconds(5), watching(boundary, statements));
    }

    /** Opens a PostgreSQL database. */
    public static Database postgres(String url) {
        return PostgresDatabase.open(Map.of(PostgresUrl.VARIABLE, url));
    }

    /** Like {@link #watched(Path, Consumer, Consumer)}, for PostgreSQL. */
    public static Database watched(String url, Consumer<String> boundary, Consumer<String> statements) {
        return PostgresDatabase.open(PostgresUrl.parse(url), watching(boundary, statements));
    }

    private static UnaryOperator<DataSource> watching(Consumer<String> boundary, Consumer<String> statements) {
        return source -> proxy(DataSource.class, (method, args) -> {
            var result = call(source, method, args);
            return result instanceof Connection connection ? watched(connection, boundary, statements) : result;
        });
    }

    private static Connection watched(Connection connection, Consumer<String> boundary, Consumer<String> statements) {
        return proxy(Connection.class, (method, args) -> {
            if (args != null && args.length > 0 && args[0] instanceof String sql) {
                var result = call(connection, method, args);
                return result instanceof PreparedStatement prepared ? watched(prepared, sql, statements) : result;
            }
            if (!method.getName().equals("commit")) {
                return call(connection, method, args);
            }
            boundary.accept("COMMIT before");
            var result = call(connection, method, args);
            boundary.accept("COMMIT after");
            return result;
        });
    }

    /** Watches a statement, which may be executed more than once. */
    private static PreparedStatement watched(PreparedStatement prepared, String sql, Consumer<String> statements) {
        return proxy(PreparedStatement.class, (method, args) -> {
            if (method.getName().startsWith("execute")) {
                statements.accept(sql);
            }
            return call(prepared, method, args);
        });
    }

    private interface Interception {
        @Nullable Object call(Method method, @Nullable Object @Nullable [] args) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Interception interception) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> interception.call(method, args)));
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] args)
            throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
