package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdempotencyTest extends InstallationTest {
    @Test
    void the_same_key_and_request_give_the_same_sandbox() {
        var one = sandboxes().create(installation.request("key"));
        installation.clock().advance(Duration.ofSeconds(5));
        var again = sandboxes().create(installation.request("key"));

        assertThat(again).isEqualTo(one);
        assertThat(first().created()).hasSize(1);
    }

    @Test
    void the_same_key_with_another_request_is_a_conflict_that_names_the_sandbox() {
        var one = sandboxes().create(installation.request("key"));

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(with("key", Map.of("A", "1"), Map.of())))
                .hasMessageContaining(one.id().value());
        assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(with("key", Map.of(), Map.of("A", "1"))));
        assertThat(first().created()).hasSize(1);
    }

    @Test
    void what_looks_alike_when_printed_is_another_request_all_the_same() {
        sandboxes().create(with("key", Map.of("A", "1, B=2"), Map.of()));

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(with("key", Map.of("A", "1", "B", "2"), Map.of())));
    }

    @Test
    void another_consumer_may_use_the_same_key() {
        var mine = sandboxes().create(installation.request("key"));
        var theirs = sandboxes()
                .create(new CreateSandbox("them", installation.profile(), null, null, Map.of(), Map.of(), "key", null));

        assertThat(theirs.id()).isNotEqualTo(mine.id());
    }

    @Test
    void without_a_key_every_request_is_a_new_sandbox() {
        assertThat(create().id()).isNotEqualTo(create().id());
        assertThat(first().running()).hasSize(2);
    }

    private CreateSandbox with(String key, Map<String, String> env, Map<String, String> metadata) {
        return new CreateSandbox(TestInstallation.ME, installation.profile(), null, null, env, metadata, key, null);
    }
}
