package dev.sandboxer.extension.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import dev.sandboxer.extension.spec.NetworkTarget.Domain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainTest {
    private static final String LONGEST_LABEL = "a".repeat(63);

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com, example.com",
        "*.Example.com, *.example.com",
        "a.b-c.d9, a.b-c.d9",
        "1.2.3.4a, 1.2.3.4a",
        "xn--bcher-kva.example, xn--bcher-kva.example",
    })
    void a_domain_is_normalized(String text, String normal) {
        assertThat(NetworkTarget.parse(text)).isEqualTo(new Domain(normal)).hasToString(normal);
    }

    @Test
    void a_domain_has_at_most_253_characters_and_63_in_each_label() {
        var longest = (LONGEST_LABEL + ".").repeat(3) + "a".repeat(61);
        assertThat(new Domain(longest).name()).hasSize(253);
        assertThatThrownBy(() -> new Domain(longest + "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(300);
        assertThatThrownBy(() -> new Domain("*." + longest)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Domain(LONGEST_LABEL + "a.com")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Domain("a.".repeat(100_000) + "com")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "localhost",
                "com",
                "*",
                "*.",
                "*.com",
                "*.*.example.com",
                "a.*.example.com",
                "*example.com",
                "**.example.com",
                ".example.com",
                "example.com.",
                "example..com",
                "-a.example.com",
                "a-.example.com",
                "a_b.example.com",
                "exa mple.com",
                "example.com\n",
                "example.com\0",
                "example.com/",
                "example.com:443",
                "https://example.com",
                "user@example.com",
                "bücher.example",
                "\u212a.example",
                "example.com\u3002",
                "1.2.3.4",
                "1.2.3",
                "example.123",
                "::1",
            })
    void a_text_that_is_no_domain_is_refused(String text) {
        assertThatThrownBy(() -> new Domain(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("not a domain: \"")
                .doesNotContain("\n", "\0");
    }

    @Test
    void a_text_that_looks_like_an_address_is_never_taken_for_a_domain() {
        assertThat(NetworkTarget.parse("1.2.3.4")).isInstanceOf(Cidr.class);
        for (var text : new String[] {"1.2.3", "1.2.3.4.5", "256.1.1.1", "10/8", "example.com:443"}) {
            assertThatThrownBy(() -> NetworkTarget.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not an address");
        }
    }
}
