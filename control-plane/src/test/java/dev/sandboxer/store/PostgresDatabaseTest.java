package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class PostgresDatabaseTest {
    private static final String CANARY = "fake-canary-4711";

    private final PostgresServer server = PostgresServer.get();
    private final String url = server.empty();
    private final String name = url.substring(url.lastIndexOf('/') + 1);

    @Test
    void written_rows_outlive_the_process() {
        try (var database = open(url)) {
            assertThat(database.isShared()).isTrue();
            assertThat(database.location()).isEqualTo("postgresql://127.0.0.1:" + server.port() + "/" + name);
            insert(database, "one");
        }
        try (var database = open(url)) {
            assertThat(ids(database)).containsExactly("one");
        }
    }

    @Test
    void a_transaction_is_atomic() {
        try (var database = open(url)) {
            var failure = new IllegalStateException("on purpose");
            assertThat(catchThrowable(() -> database.write(handle -> {
                        handle.execute("INSERT INTO installation (id) VALUES ('half')");
                        throw failure;
                    })))
                    .isSameAs(failure);
            assertThat(ids(database)).isEmpty();
        }
    }

    @Test
    void other_connections_do_not_see_an_open_transaction_and_do_not_wait_for_it() {
        try (var database = open(url);
                var other = open(url)) {
            database.write(handle -> {
                handle.execute("INSERT INTO installation (id) VALUES ('one')");
                assertThat(ids(other)).isEmpty();
            });
            assertThat(ids(other)).containsExactly("one");
        }
    }

    @Test
    void a_missing_server_is_reported_as_unreachable() throws IOException {
        var port = closedPort();

        assertFails(ErrorCode.STORE_UNREACHABLE, () -> open("postgresql://u:" + CANARY + "@127.0.0.1:" + port + "/d"))
                .hasMessageContaining("postgresql://127.0.0.1:" + port + "/d")
                .satisfies(e -> assertThat(PostgresUrlTest.trace(e)).doesNotContain(CANARY));
    }

    @Test
    void a_wrong_password_is_reported_and_not_shown() {
        assertFails(
                        ErrorCode.STORE_ACCESS_DENIED,
                        () -> open("postgresql://postgres:" + CANARY + "@127.0.0.1:" + server.port() + "/" + name))
                .hasMessageContaining("postgres")
                .hasMessageContaining("SANDBOXER_DATABASE_URL")
                .satisfies(e -> assertThat(PostgresUrlTest.trace(e)).doesNotContain(CANARY));
        assertFails(
                ErrorCode.STORE_ACCESS_DENIED,
                () -> open("postgresql://postgres@127.0.0.1:" + server.port() + "/" + name));
    }

    @Test
    void a_missing_database_is_reported_with_the_advice_to_create_it() {
        assertFails(ErrorCode.STORE_MISSING, () -> open(server.url("nowhere"))).hasMessageContaining("create it");
    }

    @Test
    void a_server_without_tls_is_refused_if_tls_is_required() {
        assertFails(ErrorCode.STORE_ACCESS_DENIED, () -> open(url + "?sslmode=require"))
                .hasMessageContaining("SSL")
                .hasMessageContaining("sslmode");
    }

    @Test
    void a_user_without_rights_is_told_what_is_missing() {
        server.execute("postgres", "CREATE ROLE guest_" + name + " LOGIN PASSWORD 'fake-guest-password'");

        assertFails(
                        ErrorCode.STORE_ACCESS_DENIED,
                        () -> open("postgresql://guest_" + name + ":fake-guest-password@127.0.0.1:" + server.port()
                                + "/" + name))
                .hasMessageContaining("does not let its user create tables")
                .hasMessageContaining("GRANT CREATE ON SCHEMA");
    }

    @Test
    void a_read_only_database_is_reported_as_read_only() {
        open(url).close();
        server.execute(name, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        try (var database = open(url)) {
            assertFails(ErrorCode.STORE_READ_ONLY, () -> insert(database, "one"));
            assertThat(ids(database)).isEmpty();
        }
    }

    @Test
    void one_of_two_deadlocked_transactions_fails_and_may_be_retried() throws Exception {
        try (var database = open(url)) {
            insert(database, "one");
            insert(database, "two");
            var bothHaveOne = new CyclicBarrier(2);
            var done = Concurrently.run(2, i -> {
                try {
                    database.write(handle -> {
                        handle.execute("UPDATE installation SET id = id WHERE id = ?", i == 0 ? "one" : "two");
                        await(bothHaveOne);
                        handle.execute("UPDATE installation SET id = id WHERE id = ?", i == 0 ? "two" : "one");
                    });
                    return "done";
                } catch (SandboxException e) {
                    return e.code().name();
                }
            });
            assertThat(done).containsExactlyInAnyOrder("done", "STORE_LOCKED");
        }
    }

    @Test
    void a_cut_connection_fails_only_one_transaction() {
        try (var database = open(url)) {
            assertFails(
                    ErrorCode.STORE_UNREACHABLE,
                    () -> database.write(handle -> {
                        handle.execute("INSERT INTO installation (id) VALUES ('lost')");
                        server.execute(
                                "postgres",
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name
                                        + "'");
                        handle.execute("INSERT INTO installation (id) VALUES ('lost too')");
                    }));

            insert(database, "one");
            assertThat(ids(database)).containsExactly("one");
        }
    }

    @Test
    void a_text_with_a_nul_character_is_refused() {
        try (var database = open(url)) {
            assertFails(ErrorCode.INVALID_ARGUMENT, () -> insert(database, "a\0b"));
        }
    }

    @Test
    void more_threads_than_connections_take_turns() throws Exception {
        try (var database = open(url)) {
            Concurrently.run(40, i -> {
                insert(database, "by" + i);
                return i;
            });
            assertThat(ids(database)).hasSize(40);
        }
    }

    @Test
    void a_transaction_without_a_connection_in_time_may_be_retried() throws Exception {
        try (var database = open(url)) {
            var refused = new CountDownLatch(1);
            var done = Concurrently.run(9, i -> {
                try {
                    return database.transaction(handle -> holdUntil(refused));
                } catch (SandboxException e) {
                    refused.countDown();
                    return e.code() + ": " + e.getMessage();
                }
            });
            assertThat(done)
                    .filteredOn(it -> !it.equals("held"))
                    .singleElement()
                    .asString()
                    .startsWith("STORE_LOCKED")
                    .contains("had no free connection in time");
        }
    }

    private static String holdUntil(CountDownLatch event) {
        try {
            event.await();
            return "held";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_variable_chooses_the_database() {
        var file = Path.of("sandboxer.db");
        assertThat(Database.locate(file, Map.of())).isEqualTo("sandboxer.db");
        assertThat(Database.locate(file, Map.of(PostgresUrl.VARIABLE, ""))).isEqualTo("sandboxer.db");
        assertThat(Database.locate(file, Map.of(PostgresUrl.VARIABLE, url)))
                .isEqualTo("postgresql://127.0.0.1:" + server.port() + "/" + name);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Database open(String url) {
        return TestDatabases.postgres(url);
    }
}
