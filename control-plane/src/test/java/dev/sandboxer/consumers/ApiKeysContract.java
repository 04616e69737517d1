package dev.sandboxer.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of API keys, on every database. */
abstract class ApiKeysContract {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    private Path home;

    private TestDatabase place;
    private final SettableClock clock = new SettableClock(NOON);
    private Database database;
    private ApiKeys keys;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        place = database(home);
        database = place.open();
        keys = new ApiKeys(database, new Consumers(database, clock), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_key_has_the_form_that_e2bs_clients_insist_on_and_belongs_to_its_consumer() {
        var fresh = keys.create("team-a");

        assertThat(fresh.secret()).matches("e2b_[0-9a-f]{40}");
        assertThat(keys.consumerOf(fresh.secret())).contains("team-a");
        assertThat(fresh.key().createdAt()).isEqualTo(NOON);
        assertThat(fresh.key().prefix()).isEqualTo(fresh.secret().substring(0, 10));
        assertThat(keys.create("team-a").secret()).isNotEqualTo(fresh.secret());
    }

    @Test
    void a_key_made_elsewhere_is_adopted_only_in_the_right_form() {
        var known = "e2b_" + "0a".repeat(20);

        assertThat(keys.adopt("local", known).secret()).isEqualTo(known);
        assertThat(keys.consumerOf(known)).contains("local");
        for (String wrong : List.of("", "e2b_", known + "0", known.substring(1), known.toUpperCase(Locale.ROOT))) {
            assertThatThrownBy(() -> keys.adopt("local", wrong))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageNotContaining("0a0a");
        }
    }

    @Test
    void the_key_itself_is_in_no_row() {
        var fresh = keys.create("local");
        var random = fresh.secret().substring("e2b_".length());

        assertThat(fresh.toString()).doesNotContain(random);
        assertThat(fresh.key().id())
                .isNotEqualTo(random.substring(0, fresh.key().id().length()));
        var rows = database.read(handle ->
                handle.createQuery("SELECT * FROM api_keys").mapToMap().list());
        assertThat(rows.toString())
                .contains(fresh.key().id())
                .doesNotContain(random)
                .doesNotContain(random.substring(6));
    }

    @Test
    void a_revoked_key_is_refused_and_shows_when_it_was_revoked() {
        var fresh = keys.create("local");
        var other = keys.create("local");
        clock.advance(Duration.ofMinutes(1));

        assertThat(keys.revoke(fresh.key().id()).revokedAt()).isEqualTo(NOON.plusSeconds(60));

        assertThat(keys.consumerOf(fresh.secret())).isEmpty();
        assertThat(keys.consumerOf(other.secret())).contains("local");
        clock.advance(Duration.ofMinutes(1));
        assertThat(keys.revoke(fresh.key().id()).revokedAt())
                .as("revoking again changes nothing")
                .isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void revoking_an_unknown_key_fails() {
        for (String id : List.of("", "k", "k000000000000", "' OR 1=1 --")) {
            assertThatThrownBy(() -> keys.revoke(id))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_KEY))
                    .hasMessageContaining("keys ls");
        }
    }

    @Test
    void an_unknown_key_belongs_to_nobody() {
        var real = keys.create("local").secret();

        for (String wrong : List.of(
                "",
                "e2b_",
                real.substring(4),
                real.toUpperCase(Locale.ROOT),
                " " + real,
                real + " ",
                real + "\n",
                real + "0",
                real.substring(0, 43),
                "e2b_" + "0".repeat(40),
                "e2b_" + "g".repeat(40),
                "ä",
                "\0",
                "' OR '1'='1")) {
            assertThat(keys.consumerOf(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void lists_are_oldest_first_and_include_revoked_keys() {
        var first = keys.create("a").key();
        clock.advance(Duration.ofSeconds(1));
        var second = keys.create("b").key();
        clock.advance(Duration.ofSeconds(1));
        var third = keys.create("a").key();
        keys.revoke(first.id());

        assertThat(keys.list(null)).extracting(ApiKey::id).containsExactly(first.id(), second.id(), third.id());
        assertThat(keys.list("a")).extracting(ApiKey::id).containsExactly(first.id(), third.id());
        assertThat(keys.list("nobody")).isEmpty();
    }

    @Test
    void consumers_have_plain_names() {
        for (String name : List.of("a", "local", "team-1.x_y", "0", "a".repeat(64))) {
            assertThat(keys.create(name).key().consumer()).isEqualTo(name);
        }
        for (String name : List.of("", " ", "A", "-a", "a-", ".", "a b", "a/b", "ä", "a\n", "a".repeat(65), "a\0")) {
            assertThatThrownBy(() -> keys.create(name))
                    .as(name)
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
        assertThat(keys.list(null)).hasSize(5);
    }

    @Test
    void another_process_sees_new_and_revoked_keys_at_once() {
        var fresh = keys.create("local");
        try (var other = place.open()) {
            var elsewhere = new ApiKeys(other, new Consumers(other, clock), clock);
            assertThat(elsewhere.consumerOf(fresh.secret())).contains("local");

            elsewhere.revoke(fresh.key().id());

            assertThat(keys.consumerOf(fresh.secret())).isEmpty();
        }
    }
}
