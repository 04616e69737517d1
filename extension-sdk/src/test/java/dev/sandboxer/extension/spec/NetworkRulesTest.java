package dev.sandboxer.extension.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkRulesTest {
    private static final NetworkTarget RANGE = NetworkTarget.parse("10.0.0.0/8");
    private static final NetworkTarget NAME = NetworkTarget.parse("*.example.com");

    @Test
    void kinds_are_those_that_have_to_be_enforced() {
        assertThat(NetworkRules.ALLOW_ALL.kinds()).isEmpty();
        assertThat(NetworkRules.DENY_ALL.kinds()).containsExactly(NetworkRuleKind.ALL);
        assertThat(new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of(RANGE)).kinds())
                .containsExactly(NetworkRuleKind.CIDR);
        assertThat(new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(RANGE), List.of()).kinds())
                .containsExactly(NetworkRuleKind.CIDR);
        assertThat(new NetworkRules(NetworkPolicy.DENY, List.of(NAME, RANGE), List.of()).kinds())
                .containsExactly(NetworkRuleKind.values());
    }

    @Test
    void a_policy_alone_makes_rules_without_targets() {
        assertThat(NetworkRules.of(NetworkPolicy.DENY)).isEqualTo(NetworkRules.DENY_ALL);
        assertThat(NetworkRules.of(NetworkPolicy.BACKEND_DEFAULT)).isEqualTo(NetworkRules.ALLOW_ALL);
    }

    @Test
    void domains_cannot_be_denied_and_can_be_allowed_only_where_all_else_is_denied() {
        assertThatThrownBy(() -> new NetworkRules(NetworkPolicy.DENY, List.of(), List.of(NAME)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("can be allowed, not denied");
        assertThatThrownBy(() -> new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(NAME), List.of(RANGE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only if everything else is denied");
    }

    @Test
    void lists_are_bounded_and_copied() {
        var targets = new ArrayList<>(Collections.nCopies(NetworkRules.MAX_TARGETS, RANGE));
        var rules = new NetworkRules(NetworkPolicy.DENY, targets, targets);
        targets.add(RANGE);
        assertThat(rules.allow()).hasSize(NetworkRules.MAX_TARGETS);
        assertThatThrownBy(() -> new NetworkRules(NetworkPolicy.DENY, targets, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NetworkRules(NetworkPolicy.DENY, List.of(), targets))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
