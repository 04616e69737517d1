package dev.sandboxer.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.error.SandboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreationRatesTest {
    @ParameterizedTest
    @CsvSource({
        "5/s, 5000, 5",
        "0.5/s, 500, 1",
        "2.5/s, 2500, 3",
        "0.001/s, 1, 1",
        "1000000/s, 1000000000, 1000000",
        "5/s:20, 5000, 20",
        "0.5/s:3, 500, 3"
    })
    void a_rate_is_read_and_written_as_people_write_it(String text, int thousandths, int burst) {
        var rate = CreationRates.parse(text);

        assertThat(rate).isEqualTo(new CreationRate(thousandths, burst));
        assertThat(CreationRates.format(rate)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/s",
                "5",
                "5/m",
                "-1/s",
                "0/s",
                "0.0001/s",
                "1000001/s",
                "99999999999999999999/s",
                "5/s:",
                "5/s:0",
                "5/s:-1",
                "5/s:x",
                "5/s:1000001",
                "5/s:99999999",
                "5/s:1:2",
                "1e3/s",
                "5 /s"
            })
    void anything_else_is_refused_with_examples(String text) {
        assertThatThrownBy(() -> CreationRates.parse(text))
                .isInstanceOf(SandboxException.class)
                .hasMessageStartingWith("\"" + text + "\"")
                .hasMessageEndingWith("(examples: 5/s, 0.5/s, and with 20 at once 5/s:20)");
    }

    @Test
    void the_interval_is_the_time_for_one_token() {
        assertThat(CreationRates.parse("4/s").interval()).hasMillis(250);
    }
}
