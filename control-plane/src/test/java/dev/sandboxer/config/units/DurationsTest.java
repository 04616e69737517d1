package dev.sandboxer.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "90s, PT1M30S",
        "15m, PT15M",
        "1h30m, PT1H30M",
        "2d, PT48H",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "500ms, PT0.5S",
        "0s, PT0S",
        "0100m, PT100M",
        "36500d, PT876000H"
    })
    void reads_what_people_write(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''    | \"\" is not a duration (examples: 90s, 15m, 1h30m, 2d)",
                "900   | \"900\" has no unit; is it 900s? (examples: 90s, 15m, 1h30m, 2d)",
                "15 m  | \"15 m\" is not a duration (examples: 90s, 15m, 1h30m, 2d)",
                "15M   | \"15M\" is not a duration (examples: 90s, 15m, 1h30m, 2d)",
                "1.5h  | \"1.5h\" is not a duration (examples: 90s, 15m, 1h30m, 2d)",
                "-5m   | \"-5m\" is negative (examples: 90s, 15m, 1h30m, 2d)",
                "30m1h | \"30m1h\" is not a duration: units go from large to small, each once"
                        + " (examples: 90s, 15m, 1h30m, 2d)",
                "36501d | \"36501d\" is too long; the longest duration is 36500d (examples: 90s, 15m, 1h30m, 2d)"
            })
    void says_what_is_wrong_and_gives_examples(String text, String message) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Durations.parse(text))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h",
                "1hh",
                "1h 30m",
                "1h1h",
                "1w",
                "1m30",
                "+5m",
                " 5m",
                "5m ",
                "٣m",
                "PT5M",
                "1e3s",
                "99999999999999999999s",
                "9223372036854775807s",
                "106751991167300d",
                "1h\u001b[31m",
                "forever"
            })
    void refuses_anything_else(String text) {
        assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> Durations.parse(text));
    }

    @Test
    void an_error_is_one_short_line_whatever_was_typed() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> Durations.parse("\u001b[2J\n" + "9".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContainPattern("[\\x00-\\x1f]"));
    }

    @ParameterizedTest
    @CsvSource({
        "PT15M, 15m",
        "PT24H, 1d",
        "PT36H, 1d12h",
        "PT0S, 0s",
        "PT-5M, -5m",
        "PT0.0005S, 0s",
        "PT1M30.25S, 1m30s250ms"
    })
    void is_written_in_the_largest_units(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @Test
    void formatted_text_parses_to_the_same_value() {
        SplittableRandom random = new SplittableRandom(25);
        for (int i = 0; i < 10_000; i++) {
            Duration duration = Duration.ofMillis(random.nextLong(1L << random.nextInt(1, 41)));
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
    }

    @Test
    void even_the_longest_duration_of_java_can_be_written() {
        assertThat(Durations.format(Duration.ofSeconds(Long.MAX_VALUE))).startsWith("106751991167300d");
    }
}
