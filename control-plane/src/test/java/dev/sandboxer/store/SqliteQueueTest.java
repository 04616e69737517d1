package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the queue with writers in real processes. */
class SqliteQueueTest {
    private static final int WRITERS = 4;

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void make() {
        file = directory.resolve("sandboxer.db");
        try (var database = SqliteDatabase.open(file)) {
            database.write(
                    handle -> handle.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"));
        }
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void busy_writers_do_not_starve_each_other() throws Exception {
        var outputs = new ArrayList<BufferedReader>();
        for (int i = 0; i < WRITERS; i++) {
            outputs.add(ready("writer" + i, 40, Duration.ofMillis(10)));
        }
        for (Process process : processes) {
            begin(process);
        }
        for (BufferedReader output : outputs) {
            output.transferTo(java.io.Writer.nullWriter());
        }
        for (Process process : processes) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }

        var turns = turns();
        assertThat(turns).hasSize(WRITERS * 40);
        var all = Set.copyOf(turns);
        var begun = all.stream().mapToInt(turns::indexOf).max().orElseThrow();
        var over = all.stream().mapToInt(turns::lastIndexOf).min().orElseThrow();
        assertThat(over - begun).as("they write at the same time").isGreaterThan(5 * WRITERS);
        for (int i = begun; i + 3 * WRITERS <= over; i++) {
            assertThat(Set.copyOf(turns.subList(i, i + 3 * WRITERS))).isEqualTo(all);
        }
    }

    @Test
    void a_writer_waits_for_a_long_transaction_of_another_process() throws Exception {
        var output = ready("slow", 1, Duration.ofSeconds(7));
        begin(processes.getFirst());
        assertThat(output.readLine()).isEqualTo("writing");

        try (var database = SqliteDatabase.open(file)) {
            database.write(handle -> handle.execute("INSERT INTO turns (name) VALUES ('patient')"));
        }

        assertThat(turns()).containsExactly("slow", "patient");
    }

    @Test
    void a_writer_that_dies_lets_the_next_one_write_at_once() throws Exception {
        var output = ready("dead", 1, Duration.ofMinutes(10));
        begin(processes.getFirst());
        assertThat(output.readLine()).isEqualTo("writing");
        try (var database = SqliteDatabase.open(file);
                var threads = Executors.newSingleThreadExecutor()) {
            var write = threads.submit(
                    () -> database.write(handle -> handle.execute("INSERT INTO turns (name) VALUES ('next')")));

            processes.getFirst().destroyForcibly();

            write.get(50, TimeUnit.SECONDS);
        }
        assertThat(turns()).containsExactly("next");
    }

    @Test
    void an_interrupted_wait_for_another_process_is_reported_and_nothing_is_written() throws Exception {
        var output = ready("slow", 1, Duration.ofMinutes(10));
        begin(processes.getFirst());
        assertThat(output.readLine()).isEqualTo("writing");
        try (var database = SqliteDatabase.open(file)) {
            Thread.currentThread().interrupt();
            assertFails(
                    ErrorCode.STORE_LOCKED,
                    () -> database.write(handle -> handle.execute("INSERT INTO turns (name) VALUES ('late')")));
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();

            processes.getFirst().destroyForcibly();

            database.write(handle -> handle.execute("INSERT INTO turns (name) VALUES ('next')"));
        }
        assertThat(turns()).containsExactly("next");
    }

    private BufferedReader ready(String name, int transactions, Duration length) throws Exception {
        var process = WriterProcess.start(file, name, transactions, length);
        processes.add(process);
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(output.readLine()).isEqualTo("ready");
        return output;
    }

    private static void begin(Process process) throws Exception {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    private List<String> turns() {
        try (var database = SqliteDatabase.open(file)) {
            return database.read(handle -> handle.createQuery("SELECT name FROM turns ORDER BY id")
                    .mapTo(String.class)
                    .list());
        }
    }
}
