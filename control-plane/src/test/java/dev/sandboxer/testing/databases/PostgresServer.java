package dev.sandboxer.testing.databases;

import dev.sandboxer.store.Database;
import dev.sandboxer.store.TestDatabases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The PostgreSQL server of this JVM's tests, unpacked from a Maven artifact and started when the first test needs it. It ends with the
 * JVM, however the JVM ends, and leaves no files. Its collation is Danish, which does not sort by bytes.
 */
public final class PostgresServer {
    public static final String PASSWORD = "fake-postgres-password";
    private static final String TEMPLATE = "sandboxer_fresh";

    private final int port;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(int port) {
        this.port = port;
    }

    private static final class Holder {
        static final PostgresServer ONLY = start();
    }

    public static PostgresServer get() {
        return Holder.ONLY;
    }

    /** Returns a new, migrated database. */
    public static TestDatabase fresh() {
        return new Fresh(get().url(get().create("TEMPLATE " + TEMPLATE)));
    }

    /** Creates a database without tables, and returns its URL. */
    public String empty() {
        return url(create(""));
    }

    public int port() {
        return port;
    }

    /** Returns the URL of a database of this server, with user and password. */
    public String url(String database) {
        return "postgresql://postgres:" + PASSWORD + "@127.0.0.1:" + port + "/" + database;
    }

    /** Returns a source of connections that don't use sand-boxer's own database code. */
    public DataSource source(String database) {
        var source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + database);
        source.setUser("postgres");
        source.setPassword(PASSWORD);
        return source;
    }

    /** Runs statements in a database without sand-boxer's own database code. */
    public void execute(String database, String... statements) {
        try (var connection = source(database).getConnection();
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String create(String how) {
        var name = "test" + databases.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name + " " + how);
        return name;
    }

    private record Fresh(String url) implements TestDatabase {
        @Override
        public Database open() {
            return TestDatabases.postgres(url);
        }

        @Override
        public Database watched(Consumer<String> boundary, Consumer<String> statements) {
            return TestDatabases.watched(url, boundary, statements);
        }
    }

    private static PostgresServer start() {
        try {
            var directory = Files.createTempDirectory("sandboxer-postgres");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            PostgresFiles.unpack(directory.resolve("server"));
            Files.writeString(directory.resolve("password"), PASSWORD);
            var port = freePort();
            var process = new ProcessBuilder(Stream.concat(
                                    Stream.of("sh", "-c", script(), "postgres", directory.toString(), "" + port),
                                    unprivileged())
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process)));
            awaitReady(process);
            var server = new PostgresServer(port);
            server.execute("postgres", "CREATE DATABASE " + TEMPLATE);
            TestDatabases.postgres(server.url(TEMPLATE)).close();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the command prefix that drops root, since PostgreSQL refuses to run as root. The user must have a name, here {@code nobody}.
     */
    private static Stream<String> unprivileged() throws IOException {
        var root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return root ? Stream.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") : Stream.empty();
    }

    /** Returns a script that runs the server until its standard input, a pipe from this JVM, is closed, and then cleans up. */
    private static String script() {
        return """
                dir=$1 port=$2; shift 2
                trap 'rm -rf "$dir"' EXIT
                mkdir "$dir/data" && chmod 700 "$dir/data" || exit 1
                [ $# = 0 ] || chown 65534:65534 "$dir/data"
                "$@" "$dir/server/bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" -A scram-sha-256 \
                    -E UTF8 --locale-provider=icu --icu-locale=da --locale=C -N || exit 1
                "$@" "$dir/server/bin/postgres" -D "$dir/data" -h 127.0.0.1 -p "$port" -c unix_socket_directories= \
                    -c max_connections=300 &
                pid=$!
                cat >/dev/null
                kill -INT $pid
                wait $pid
                """;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(Process process) throws IOException {
        var said = new StringBuilder();
        var output = process.inputReader(StandardCharsets.UTF_8);
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("ready to accept connections")) {
                Thread.ofVirtual().start(() -> drain(output));
                return;
            }
        }
        throw new IOException("PostgreSQL did not start:\n" + said);
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // discarded: it reports the errors that tests cause on purpose
            }
        } catch (IOException e) {
            // the server has ended
        }
    }

    private static void stop(Process process) {
        try {
            process.getOutputStream().close();
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
            process.destroy();
        }
    }
}
