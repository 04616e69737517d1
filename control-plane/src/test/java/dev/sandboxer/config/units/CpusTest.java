package dev.sandboxer.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.error.SandboxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpusTest {
    @ParameterizedTest
    @CsvSource({
        "2, 2000, 2",
        "0.5, 500, 0.5",
        "500m, 500, 0.5",
        "1.25, 1250, 1.25",
        "1m, 1, 0.001",
        "100000, 100000000, 100000"
    })
    void reads_and_writes_numbers_of_cpus(String text, int millis, String written) {
        assertThat(Cpus.parseMillis(text)).isEqualTo(millis);
        assertThat(Cpus.format(millis)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two    | \"two\" is not a number of CPUs (examples: 0.5, 2, 500m)",
                "0      | \"0\" is zero; the smallest number is 0.001 (examples: 0.5, 2, 500m)",
                "-1     | \"-1\" is negative (examples: 0.5, 2, 500m)",
                "0.0005 | \"0.0005\" is finer than a thousandth of a CPU (examples: 0.5, 2, 500m)",
                "100001 | \"100001\" is too large; the largest number is 100000 (examples: 0.5, 2, 500m)",
                "100000.5 | \"100000.5\" is too large; the largest number is 100000 (examples: 0.5, 2, 500m)"
            })
    void says_what_is_wrong_and_gives_examples(String text, String message) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Cpus.parseMillis(text))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "1e3", "0.5m", "1M", "2 CPUs", "0x2", "99999999999999999999999999", "1_000"})
    void refuses_anything_else(String text) {
        assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> Cpus.parseMillis(text));
    }
}
