package dev.sandboxer.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.PostgresServer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class HostsTest {
    private static final URI ADDRESS = URI.create("http://10.0.0.1:7070");
    private static final Duration CACHED = Duration.ofSeconds(2);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-31T12:00:00Z"));

    @AutoClose
    private final Database database = PostgresServer.fresh().open();

    private final Hosts one = new Hosts(database, "one", clock);
    private final Hosts two = new Hosts(database, "two", clock);

    @Test
    void work_bound_to_no_host_or_to_this_one_is_here() {
        assertThat(one.of(null)).isEqualTo(new Place.Here());
        assertThat(one.of("one")).isEqualTo(new Place.Here());
        one.requireHere("sandbox x", "one");
    }

    @Test
    void a_server_is_found_while_it_runs_and_away_once_it_has_ended() {
        try (var _ = one.announce(ADDRESS)) {
            assertThat(two.of("one")).isEqualTo(new Place.At("one", ADDRESS));
        }
        clock.advance(CACHED);
        assertThat(two.of("one")).isEqualTo(new Place.Away("one", null));
    }

    @Test
    void a_server_that_was_killed_is_away_after_its_silence_and_found_again_when_it_is_back() {
        one.announce(ADDRESS);
        clock.advance(Hosts.SILENCE.minusMillis(1));
        assertThat(two.of("one")).isInstanceOf(Place.At.class);
        clock.advance(CACHED);

        assertThat(two.of("one")).isEqualTo(new Place.Away("one", ADDRESS));

        var elsewhere = URI.create("http://10.0.0.1:7071");
        try (var _ = one.announce(elsewhere)) {
            assertThat(two.of("one")).isInstanceOf(Place.Away.class);
            two.forget("one");
            assertThat(two.of("one")).isEqualTo(new Place.At("one", elsewhere));
        }
    }

    @Test
    void a_server_that_ends_does_not_withdraw_another_on_its_host() {
        var first = one.announce(ADDRESS);
        var elsewhere = URI.create("http://10.0.0.1:7071");
        try (var _ = one.announce(elsewhere)) {
            first.close();
            assertThat(two.of("one")).isEqualTo(new Place.At("one", elsewhere));
        }
    }

    @Test
    void the_failure_names_the_other_hosts_server_or_says_that_there_is_none() {
        assertAway("it has no server now");
        try (var _ = one.announce(ADDRESS)) {
            two.forget("one");
            assertAway("ask its server, " + ADDRESS);
        }
    }

    private void assertAway(String why) {
        assertThatThrownBy(() -> two.requireHere("sandbox x", "one"))
                .isInstanceOfSatisfying(SandboxException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.HOST_AWAY);
                    assertThat(e.retryAfter()).isPositive();
                })
                .hasMessageContaining("sandbox x is on another host (one)")
                .hasMessageContaining(why);
    }
}
