package dev.sandboxer.quotas;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Limit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuotaRulesTest {
    private static final ConsumerLimits LIMITS = new ConsumerLimits(null, List.of(), 10, 8000, 4096, null, null);

    private static QuotaRules rules(Limit... declared) {
        return new QuotaRules("acme", LIMITS, Set.of(declared));
    }

    @Test
    void using_exactly_the_limit_is_allowed() {
        assertThatCode(() -> rules().check(new Usage(9, 7000, 3072), new Usage(1, 1000, 1024)))
                .doesNotThrowAnyException();
    }

    @Test
    void a_refusal_says_what_is_used_what_is_allowed_and_what_to_do() {
        assertThatThrownBy(() -> rules().check(new Usage(10, 0, 0), new Usage(1, 1, 1)))
                .hasMessage("consumer acme has 10 of 10 live sandboxes; end one, or ask for more:"
                        + " sandboxer consumers set acme --max-live 20");
        assertThatThrownBy(() -> rules().check(new Usage(5, 7500, 0), new Usage(1, 1000, 1)))
                .hasMessage("consumer acme uses 7.5 of 8 CPUs and asks for 1 more; end or pause a sandbox, or ask for"
                        + " more: sandboxer consumers set acme --max-cpu 16");
        assertThatThrownBy(() -> rules().check(new Usage(5, 0, 512), new Usage(1, 1000, 65_536)))
                .hasMessage("consumer acme uses 512MiB of 4GiB memory and asks for 64GiB more; ask for more:"
                        + " sandboxer consumers set acme --max-memory 66048MiB");
    }

    @Test
    void a_limit_from_the_configuration_must_be_raised_there() {
        assertThatThrownBy(() -> rules(Limit.MAX_LIVE).check(new Usage(10, 0, 0), new Usage(1, 1, 1)))
                .hasMessageEndingWith("or raise consumers.acme.maxLive in config.yaml");
    }

    @Test
    void an_exceeded_limit_refuses_only_what_adds_to_it() {
        assertThatCode(() -> rules().check(new Usage(50, 1000, 99_999), new Usage(0, 1000, 0)))
                .doesNotThrowAnyException();
    }

    @Test
    void no_limit_allows_everything() {
        assertThatCode(() -> new QuotaRules("acme", ConsumerLimits.NONE, Set.of())
                        .check(new Usage(1L << 40, 1L << 50, 1L << 50), new Usage(1, 1000, 1000)))
                .doesNotThrowAnyException();
    }
}
