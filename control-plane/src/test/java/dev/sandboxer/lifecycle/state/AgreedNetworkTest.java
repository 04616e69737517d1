package dev.sandboxer.lifecycle.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.lifecycle.terms.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The network rules of a sandbox, from its terms and its profile. */
class AgreedNetworkTest {
    private static final NetworkRules PROFILE =
            new NetworkRules(NetworkPolicy.DENY, List.of(NetworkTarget.parse("pypi.org")), List.of());

    @Test
    void without_requested_rules_the_profile_applies_as_a_whole() {
        assertThat(Terms.DEFAULT.effectiveNetwork(PROFILE)).isEqualTo(PROFILE);
    }

    @Test
    void an_entry_for_everybody_replaces_all_rules_of_the_profile() {
        var denied = Terms.DEFAULT.withNetwork(NetworkPolicy.DENY, asked(List.of(), List.of("0.0.0.0/0")));
        assertThat(denied.effectiveNetwork(PROFILE)).isEqualTo(NetworkRules.DENY_ALL);
        var allowed =
                Terms.DEFAULT.withNetwork(NetworkPolicy.BACKEND_DEFAULT, asked(List.of("ALL_TRAFFIC"), List.of()));
        assertThat(allowed.effectiveNetwork(PROFILE)).isEqualTo(NetworkRules.ALLOW_ALL);
    }

    @Test
    void targets_without_an_entry_for_everybody_have_the_default_of_the_profile() {
        var terms = Terms.DEFAULT.withNetwork(null, asked(List.of("203.0.113.7"), List.of("10.0.0.0/8")));
        assertThat(terms.effectiveNetwork(PROFILE))
                .isEqualTo(new NetworkRules(
                        NetworkPolicy.DENY,
                        List.of(NetworkTarget.parse("203.0.113.7")),
                        List.of(NetworkTarget.parse("10.0.0.0/8"))));
    }

    @Test
    void a_domain_rule_conflicts_with_an_open_network() {
        var terms = Terms.DEFAULT.withNetwork(null, asked(List.of("pypi.org"), List.of()));
        assertThatThrownBy(() -> terms.effectiveNetwork(NetworkRules.ALLOW_ALL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rules_of_the_command_line_are_kept_as_they_were_given() {
        assertThat(Terms.DEFAULT.withNetwork(PROFILE).effectiveNetwork(NetworkRules.ALLOW_ALL))
                .isEqualTo(PROFILE);
        assertThat(Terms.DEFAULT.withNetwork(NetworkRules.DENY_ALL).rules()).isNull();
    }

    private static RequestedRules asked(List<String> allow, List<String> deny) {
        return new RequestedRules(allow, deny);
    }
}
