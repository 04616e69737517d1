package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    void requests_that_print_alike_are_still_different_requests() {
        sandboxes().create(with("key", Map.of("A", "1, B=2"), Map.of()));

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(with("key", Map.of("A", "1", "B", "2"), Map.of())));
    }

    @Test
    void a_request_has_the_hash_that_earlier_versions_gave_it() {
        var rules = new RequestedRules(List.of("example.com"), List.of("0.0.0.0/0"));
        var request = CreateSandbox.of(TestInstallation.ME, installation.profile())
                .terms(Terms.DEFAULT.withNetwork(null, rules))
                .backendOptions(new BackendOptions("debian:12", Set.of(8000), "eu", null, Set.of(), null))
                .build();

        assertThat(request.hash()).isEqualTo("dfb6988b3b400c46ee344b0411ffb321bc52b1be3f909ee42aa674e877025f0f");
    }

    @Test
    void after_a_failure_the_same_request_is_tried_again() {
        first().plan(Call.CREATE, Fault.refused(Kind.THROTTLED));
        second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, () -> sandboxes().create(installation.request("key")));
        var failed = only();

        var again = sandboxes().create(installation.request("key"));

        assertThat(again.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(again.id()).isNotEqualTo(failed.id());
        assertThat(sandboxes().create(installation.request("key"))).isEqualTo(again);
    }

    @Test
    void a_repeated_request_during_the_creation_is_a_conflict() {
        var heard = new ArrayList<String>();
        first().watch(point -> {
            if (point.equals("CREATE before")) {
                try (var other = installation.start()) {
                    assertFails(ErrorCode.CONFLICT, () -> other.sandboxes().create(installation.request("key")))
                            .satisfies(failure -> heard.add(failure.getMessage()));
                }
            }
        });

        sandboxes().create(installation.request("key"));

        assertThat(heard).singleElement().asString().contains("is in progress");
        assertThat(all()).hasSize(1);
    }

    @Test
    void a_creation_that_is_being_undone_is_a_conflict_and_can_be_tried_again_afterwards() {
        first().plan(Call.CREATE, new Fault.AnswerLost());
        first().plan(Call.FIND, new Fault.RequestLost(), new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().create(installation.request("key")));
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(only()));

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(installation.request("key")))
                .hasMessageContaining("is in progress");
        sandboxes().repair().repairUnfinished();

        assertThat(sandboxes().create(installation.request("key")).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(installation.running()).hasSize(1);
    }

    @Test
    void another_consumer_may_use_the_same_key() {
        var mine = sandboxes().create(installation.request("key"));
        var theirs = sandboxes()
                .create(CreateSandbox.of("them", installation.profile())
                        .idempotencyKey("key")
                        .build());

        assertThat(theirs.id()).isNotEqualTo(mine.id());
    }

    @Test
    void without_a_key_every_request_is_a_new_sandbox() {
        assertThat(create().id()).isNotEqualTo(create().id());
        assertThat(first().running()).hasSize(2);
    }

    private CreateSandbox with(String key, Map<String, String> env, Map<String, String> metadata) {
        return CreateSandbox.of(TestInstallation.ME, installation.profile())
                .env(env)
                .metadata(metadata)
                .idempotencyKey(key)
                .build();
    }
}
