package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.foreign;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSharingTest {
    private static final int THREADS = 8;
    private static final int TRANSACTIONS = 50;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @Test
    void threads_of_two_processes_lose_no_update() throws Exception {
        try (var one = SqliteDatabase.open(file);
                var other = SqliteDatabase.open(file);
                var threads = Executors.newFixedThreadPool(THREADS)) {
            insert(one, "0");
            var done = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                var database = i % 2 == 0 ? one : other;
                done.add(threads.submit(() -> count(database)));
            }
            for (Future<?> each : done) {
                each.get();
            }
            assertThat(ids(one)).isEqualTo(ids(other)).containsExactly(String.valueOf(THREADS * TRANSACTIONS));
        }
    }

    @Test
    void an_interrupted_wait_for_the_database_is_reported_and_disturbs_no_other_thread() throws Exception {
        try (var database = SqliteDatabase.open(file);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            insert(database, "0");
            var inside = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            var holder = threads.submit(() -> database.write(_ -> {
                inside.countDown();
                await(goOn);
            }));
            inside.await();
            Thread.currentThread().interrupt();
            assertFails(ErrorCode.STORE_LOCKED, () -> ids(database));
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
            Thread.currentThread().interrupt();
            assertFails(ErrorCode.STORE_LOCKED, () -> insert(database, "1"));
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
            goOn.countDown();
            holder.get();
            assertThat(ids(database)).containsExactly("0");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void count(Database database) {
        for (int i = 0; i < TRANSACTIONS; i++) {
            database.write(handle -> {
                var before = handle.createQuery("SELECT id FROM installation")
                        .mapTo(Integer.class)
                        .one();
                handle.execute("UPDATE installation SET id = ?", String.valueOf(before + 1));
            });
        }
    }

    @Test
    void a_thread_may_write_while_it_reads_or_writes() throws Exception {
        try (var database = SqliteDatabase.open(file);
                var threads = Executors.newFixedThreadPool(THREADS)) {
            insert(database, "0");
            var done = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                done.add(threads.submit(() -> database.read(outer -> {
                    count(database);
                    return true;
                })));
                done.add(threads.submit(() -> database.write(outer -> count(database))));
            }
            for (Future<?> each : done) {
                each.get();
            }
            assertThat(ids(database)).containsExactly(String.valueOf(2 * THREADS * TRANSACTIONS));
        }
    }

    @Test
    void a_writer_reports_a_database_that_is_locked_for_too_long() throws Exception {
        SqliteDatabase.open(file).close();
        try (var holder = foreign(file);
                var statement = holder.createStatement();
                var database = TestDatabases.withShortTimeout(file)) {
            statement.execute("BEGIN EXCLUSIVE");

            assertFails(ErrorCode.STORE_LOCKED, () -> insert(database, "one"))
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("locked by another process for more than 50 ms");
            assertThat(ids(database)).as("reading goes on").isEmpty();

            statement.execute("COMMIT");
            insert(database, "one");
            assertThat(ids(database)).containsExactly("one");
        }
    }

    @Test
    void a_starting_process_reports_a_migration_that_takes_too_long() throws Exception {
        try (var holder = foreign(file);
                var statement = holder.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            assertFails(
                    ErrorCode.STORE_LOCKED,
                    () -> TestDatabases.withShortTimeout(file).close());

            statement.execute("COMMIT");
            TestDatabases.withShortTimeout(file).close();
        }
    }

    @Test
    void an_open_of_an_up_to_date_database_needs_no_lock() throws Exception {
        try (var first = SqliteDatabase.open(file);
                var holder = foreign(file);
                var statement = holder.createStatement()) {
            insert(first, "one");
            statement.execute("BEGIN IMMEDIATE");
            try (var database = TestDatabases.withShortTimeout(file)) {
                assertThat(ids(database)).isEqualTo(List.of("one"));
            }
        }
    }

    @Test
    void a_writer_waits_for_a_short_transaction_of_another_process() throws Exception {
        try (var database = SqliteDatabase.open(file);
                var holder = foreign(file);
                var statement = holder.createStatement();
                var threads = Executors.newSingleThreadExecutor()) {
            statement.execute("BEGIN IMMEDIATE");
            var write = threads.submit(() -> insert(database, "patient"));
            Thread.sleep(Duration.ofMillis(100));
            assertThat(write.isDone()).isFalse();

            statement.execute("COMMIT");
            write.get();
            assertThat(ids(database)).containsExactly("patient");
        }
    }
}
