package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.lifecycle.state.Origin;
import dev.sandboxer.lifecycle.state.Placement;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.Times;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.TestInstallation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxLookupTest extends InstallationTest {
    @Test
    void a_sandbox_is_found_by_its_id_and_by_a_prefix_of_two_characters() {
        var sandbox = create();
        var id = sandbox.id().value();

        for (int length = 2; length <= id.length(); length++) {
            assertThat(get(id.substring(0, length))).isEqualTo(sandbox);
        }
    }

    @Test
    void a_prefix_that_is_too_short_finds_nothing_and_the_message_says_why() {
        create();
        assertFails(ErrorCode.UNKNOWN_SANDBOX, () -> get("s")).hasMessageContaining("at least 2 characters");
    }

    @Test
    void a_prefix_prefers_an_open_sandbox_to_ended_ones() {
        var ended = sandboxes().destroy(create()).id().value();
        var beginning = ended.substring(0, 6);
        assertThat(get(beginning).id()).hasToString(ended);

        insert(beginning + "1", TestInstallation.ME);
        assertThat(get(beginning).id()).hasToString(beginning + "1");

        insert(beginning + "2", TestInstallation.ME);
        assertFails(ErrorCode.AMBIGUOUS_SANDBOX, () -> get(beginning))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(ended));
    }

    @Test
    void an_unknown_prefix_fails_and_the_message_says_how_to_list_sandboxes() {
        create();
        for (String typed : new String[] {"szzzzz", "", "%", "s_______", "S", "../etc", "s' OR 1=1", "s".repeat(41)}) {
            assertFails(ErrorCode.UNKNOWN_SANDBOX, () -> get(typed)).hasMessageContaining("sandboxer ls");
        }
    }

    @Test
    void a_message_escapes_control_characters_of_the_id() {
        assertFails(ErrorCode.UNKNOWN_SANDBOX, () -> get("\u001b[2Jx\ny"))
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("\u001b").doesNotContain("\n"));
    }

    @Test
    void a_prefix_of_several_ids_is_ambiguous_and_the_message_names_them() {
        insert("saaaa1", TestInstallation.ME);
        insert("saaaa2", TestInstallation.ME);

        assertFails(ErrorCode.AMBIGUOUS_SANDBOX, () -> get("saaaa"))
                .hasMessageContaining("saaaa1")
                .hasMessageContaining("saaaa2");
        assertThat(get("saaaa1").id()).hasToString("saaaa1");
    }

    @Test
    void a_full_id_is_never_ambiguous() {
        insert("saaaa", TestInstallation.ME);
        for (int i = 1; i < 9; i++) {
            insert("saaaa" + i, TestInstallation.ME);
        }
        assertThat(get("saaaa").id()).hasToString("saaaa");
    }

    @Test
    void other_consumers_sandboxes_neither_show_nor_hide_mine() {
        for (int i = 1; i < 9; i++) {
            insert("saaaa" + i, "them");
        }
        assertFails(ErrorCode.UNKNOWN_SANDBOX, () -> get("saaaa1"));
        assertFails(ErrorCode.UNKNOWN_SANDBOX, () -> get("saaaa"));

        insert("saaaa9", TestInstallation.ME);
        assertThat(get("saaaa").id()).hasToString("saaaa9");
    }

    @Test
    void an_ended_sandbox_is_still_found() {
        var ended = sandboxes().destroy(create());
        assertThat(get(ended.id().value())).isEqualTo(ended);
    }

    private Sandbox get(String typed) {
        return sandboxes().get(TestInstallation.ME, typed);
    }

    private void insert(String id, String consumer) {
        var now = installation.clock().instant();
        var profile = installation.profile();
        var sandbox = Sandbox.requested(
                new SandboxId(id),
                new Origin(consumer, profile.name(), null, Map.of(), null, null, null),
                Terms.DEFAULT,
                profile.size(),
                Placement.planned(profile.route().getFirst(), null, null, null),
                Times.requested(now, now.plus(profile.ttl())));
        new Transitions(
                        process.database(),
                        process.rows(),
                        List.of(),
                        new Worker(ProcessIdentity.current(), null),
                        installation.clock())
                .begin(sandbox, null, "hash", handle -> {});
    }
}
