package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void invalid_utf8_differs_from_a_typed_replacement_character() {
        assertThat(Arguments.firstInvalid(new byte[] {'a', 0, 'b', (byte) 0xff, 0}, "a", "b\uFFFD"))
                .contains("b\uFFFD");
        assertThat(Arguments.firstInvalid("a\0b\uFFFD\0".getBytes(UTF_8), "a", "b\uFFFD"))
                .isEmpty();
    }
}
