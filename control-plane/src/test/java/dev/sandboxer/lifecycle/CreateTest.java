package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

class CreateTest extends InstallationTest {
    @Test
    void a_new_sandbox_runs_at_the_first_extension_of_the_route() {
        var sandbox = create();

        assertThat(sandbox.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(sandbox.extension()).hasToString("ext.first");
        assertThat(installation.running().keySet()).containsExactly("ext.first/" + sandbox.ref());
        assertThat(second().created()).isEmpty();
    }

    @Test
    void its_row_has_all_of_its_properties() {
        var holder = ProcessIdentity.current();
        var size = new SandboxSize(250, 64, 128);
        var metadata = Map.of("team", "blue", "odd key", "\u00e9 '; DROP TABLE sandboxes; --");
        var now = installation.clock().instant();
        var request = CreateSandbox.of(TestInstallation.ME, installation.profile())
                .size(size)
                .ttl(Duration.ofSeconds(90))
                .env(Map.of("A", "b"))
                .metadata(metadata)
                .idempotencyKey("key")
                .holder(holder)
                .build();

        var sandbox = sandboxes().create(request);

        assertThat(read(sandbox)).isEqualTo(sandbox);
        assertThat(sandbox.consumer()).isEqualTo(TestInstallation.ME);
        assertThat(sandbox.profile()).hasToString("profile.test");
        assertThat(sandbox.size()).isEqualTo(size);
        assertThat(sandbox.metadata()).isEqualTo(metadata);
        assertThat(sandbox.createdAt()).isEqualTo(now);
        assertThat(sandbox.startedAt()).isEqualTo(now);
        assertThat(sandbox.deadline()).isEqualTo(now.plusSeconds(90));
        assertThat(sandbox.endedAt()).isNull();
        assertThat(sandbox.reason()).isNull();
        assertThat(sandbox.holder()).isEqualTo(holder);
        assertThat(sandbox.actor().text()).startsWith(ProcessIdentity.current().text() + ".");
    }

    @Test
    void the_backend_receives_the_consumer() {
        create();

        assertThat(installation.first().consumers()).containsExactly(TestInstallation.ME);
    }

    @Test
    void the_version_counts_every_change() {
        var sandbox = create();
        assertThat(sandbox.version()).as("inserted, running").isEqualTo(2);

        var extended = sandboxes().extend(sandbox, Duration.ofMinutes(20), installation.profile());
        assertThat(extended.version()).isEqualTo(3);

        var ended = sandboxes().destroy(extended);
        assertThat(ended.version()).as("stopping, stopped").isEqualTo(5);
        assertThat(read(sandbox)).isEqualTo(ended);
    }

    @Test
    void the_backends_progress_reaches_the_caller_before_the_creation_returns() {
        var heard = new ArrayList<CreationProgress>();
        var sandbox = sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .progress(heard::add)
                        .build());

        assertThat(heard)
                .singleElement()
                .satisfies(
                        event -> assertThat(event.text()).contains(sandbox.id().value()));
    }

    @Test
    void a_listener_that_fails_breaks_no_creation() {
        var sandbox = sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .progress(event -> {
                            throw new IllegalStateException("broken");
                        })
                        .build());

        assertThat(sandbox.state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void its_only_attempt_is_recorded_as_created() {
        var sandbox = create();

        assertThat(sandboxes().attempts(sandbox))
                .containsExactly(new Attempt(
                        sandbox.id(),
                        1,
                        installation.extensions().getFirst().id(),
                        null,
                        sandbox.createdAt(),
                        End.created(sandbox.createdAt())));
        assertThat(first().created())
                .singleElement()
                .satisfies(
                        tag -> assertThat(tag.sandbox()).isEqualTo(sandbox.id().value()))
                .satisfies(tag ->
                        assertThat(tag.installation()).isEqualTo(process.rows().installation()));
    }

    @Test
    void the_backend_gets_the_deadline_of_the_row() {
        installation.clock().advance(Duration.ofNanos(123_456_789));
        var sandbox = create();

        assertThat(first().running().getFirst().deadline()).isEqualTo(sandbox.deadline());
        assertThat(Duration.between(sandbox.createdAt(), sandbox.deadline())).isEqualTo(TestInstallation.TTL);
    }

    @Test
    void the_environment_is_nowhere_in_the_database() {
        sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .env(Map.of("TOKEN", "canary-5310"))
                        .idempotencyKey("key")
                        .build());

        var text = process.database().<String>read(handle -> {
            var rows = new StringBuilder();
            for (String table : tables(handle)) {
                rows.append(
                        handle.createQuery("SELECT * FROM " + table).mapToMap().list());
            }
            return rows.toString();
        });
        assertThat(text).contains("profile.test").doesNotContain("canary-5310");
    }

    private static List<String> tables(Handle handle) {
        return handle.queryMetadata(metadata -> metadata.getTables(null, null, "%", new String[] {"TABLE"}))
                .map((row, context) -> row.getString("TABLE_NAME"))
                .list();
    }

    @Test
    void a_time_to_live_of_zero_is_refused_and_leaves_no_trace() {
        for (Duration ttl : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            assertFails(ErrorCode.INVALID_TTL, () -> sandboxes().create(installation.request(ttl)))
                    .hasMessageContaining("above 0");
        }
        assertThat(all()).isEmpty();
    }

    @Test
    void a_time_to_live_beyond_the_cap_is_refused_and_the_message_names_the_cap() {
        var tooLong = TestInstallation.MAX_TTL.plusMillis(1);
        assertFails(ErrorCode.INVALID_TTL, () -> sandboxes().create(installation.request(tooLong)))
                .hasMessageContaining("profile.test")
                .hasMessageContaining("1h");
        assertFails(ErrorCode.INVALID_TTL, () -> sandboxes().create(installation.request(Duration.ofDays(4000))))
                .hasMessageContaining("4000d");
        assertThat(all()).isEmpty();
    }

    @Test
    void a_time_to_live_below_a_millisecond_is_refused() {
        assertFails(ErrorCode.INVALID_TTL, () -> sandboxes().create(installation.request(Duration.ofNanos(1))));
    }

    @Test
    void exactly_the_cap_is_allowed() {
        var sandbox = sandboxes().create(installation.request(TestInstallation.MAX_TTL));
        assertThat(sandbox.deadline()).isEqualTo(Instant.parse("2026-11-24T13:00:00Z"));
    }

    @Test
    void lists_newest_first_and_the_ended_ones_only_on_request() {
        var old = create();
        installation.clock().advance(Duration.ofSeconds(1));
        var young = create();
        var ended = sandboxes().destroy(old);

        assertThat(sandboxes().list(TestInstallation.ME, false)).containsExactly(young);
        assertThat(sandboxes().list(TestInstallation.ME, true)).containsExactly(young, ended);
        assertThat(sandboxes().list("somebody else", true)).isEmpty();
    }
}
