package dev.sandboxer.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyClockTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path home;

    private long wall = BEGIN.toEpochMilli();
    private long uptime = 5_000_000;
    private long nanos = -77;

    private SteadyClock process(String boot) {
        return new SteadyClock(
                new SteadyClock.Host(() -> wall, () -> uptime, () -> nanos, boot), home.resolve("clock"));
    }

    private void pass(Duration time) {
        wall += time.toMillis();
        uptime += time.toMillis();
        nanos += time.toNanos();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2H", "-PT1H", "PT8760H"})
    void setting_the_clock_moves_no_deadline_of_running_or_new_processes(String jump) {
        var running = process("boot");
        pass(Duration.ofMinutes(10));

        wall += Duration.parse(jump).toMillis();
        pass(Duration.ofMinutes(1));

        assertThat(running.instant()).isEqualTo(BEGIN.plus(Duration.ofMinutes(11)));
        assertThat(running.difference()).contains(Duration.parse(jump));
        var later = process("boot");
        assertThat(later.instant()).isEqualTo(BEGIN.plus(Duration.ofMinutes(11)));
        assertThat(later.difference()).contains(Duration.parse(jump));
    }

    @Test
    void it_adopts_the_new_time_on_request_and_so_do_new_processes() {
        var running = process("boot");
        wall += Duration.ofHours(2).toMillis();
        pass(Duration.ofSeconds(1));
        assertThat(running.instant()).isEqualTo(BEGIN.plusSeconds(1));

        running.follow();

        assertThat(running.difference()).isEmpty();
        assertThat(running.instant()).isEqualTo(BEGIN.plus(Duration.ofHours(2)).plusSeconds(1));
        assertThat(process("boot").instant()).isEqualTo(running.instant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2H", "-PT1H"})
    void without_a_home_setting_the_clock_moves_no_deadline_of_a_running_process(String jump) throws IOException {
        var host = new SteadyClock.Host(() -> wall, () -> uptime, () -> nanos, "boot");
        var running = new SteadyClock(host, null);

        wall += Duration.parse(jump).toMillis();
        pass(Duration.ofMinutes(1));

        assertThat(running.instant()).isEqualTo(BEGIN.plus(Duration.ofMinutes(1)));
        assertThat(running.difference()).contains(Duration.parse(jump));
        assertThat(new SteadyClock(host, null).instant().toEpochMilli()).isEqualTo(wall);
        try (var files = Files.list(home)) {
            assertThat(files).isEmpty();
        }
        running.follow();
        assertThat(running.instant().toEpochMilli()).isEqualTo(wall);
    }

    @Test
    void small_corrections_apply_at_once_however_many_there_are() {
        var running = process("boot");
        for (int i = 0; i < 100; i++) {
            wall += 900;
            pass(Duration.ofMinutes(1));
            assertThat(running.instant().toEpochMilli()).isEqualTo(wall);
            assertThat(running.difference()).isEmpty();
            assertThat(process("boot").instant().toEpochMilli()).isEqualTo(wall);
        }
    }

    @Test
    void time_in_which_the_host_was_suspended_counts() {
        var running = process("boot");
        wall += Duration.ofHours(8).toMillis();
        uptime += Duration.ofHours(8).toMillis();
        nanos += Duration.ofSeconds(1).toNanos();

        assertThat(running.instant()).isEqualTo(BEGIN.plus(Duration.ofHours(8)));
        assertThat(running.difference()).isEmpty();
    }

    @Test
    void a_restart_of_the_host_resets_it() {
        process("boot");
        uptime = 1000;
        wall += Duration.ofDays(3).toMillis();

        var after = process("another boot");

        assertThat(after.instant().toEpochMilli()).isEqualTo(wall);
        assertThat(after.difference()).isEmpty();
    }

    @Test
    void between_two_readings_of_the_uptime_it_is_exact_and_never_goes_back() {
        var running = process("boot");
        var before = running.instant();
        for (int i = 0; i < 2000; i++) {
            nanos += 1_234_567;
            uptime = 5_000_000 + (nanos + 77) / 10_000_000 * 10;
            wall = BEGIN.toEpochMilli() + (nanos + 77) / 1_000_000;
            var now = running.instant();
            assertThat(Duration.between(before, now)).isBetween(Duration.ofMillis(-1), Duration.ofMillis(60));
            before = now;
        }
    }

    @Test
    void a_corrupt_file_is_replaced_by_one_that_only_its_owner_can_read() throws Exception {
        Files.writeString(home.resolve("clock"), "nonsense");

        assertThat(process("boot").instant()).isEqualTo(BEGIN);

        assertThat(home.resolve("clock")).hasContent("boot " + (BEGIN.toEpochMilli() - 5_000_000));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("clock"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_missing_home_is_not_created() {
        var clock = new SteadyClock(
                new SteadyClock.Host(() -> wall, () -> uptime, () -> nanos, "boot"), home.resolve("none/clock"));

        assertThat(clock.instant()).isEqualTo(BEGIN);
        assertThat(home.resolve("none")).doesNotExist();
    }

    @Test
    void the_system_clock_returns_the_time_of_day() {
        var difference = Duration.between(SteadyClock.of(home).instant(), Instant.now());

        assertThat(difference.abs()).isLessThan(Duration.ofSeconds(2));
    }
}
