package dev.sandboxer.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTimeoutTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "60000, 60000", "0000000007, 7", "9999999999, 9999999999"})
    void a_number_of_milliseconds_is_a_limit(String value, long milliseconds) {
        assertThat(ConnectTimeout.parse(value)).contains(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\t", "0", "0000000000"})
    void an_absent_or_blank_value_and_zero_mean_no_limit(String value) {
        assertThat(ConnectTimeout.parse(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-1", "+1", "1.5", "1e3", "10000000000", "00000000001", "60s", "0x10", "1 2", "1,2", "٣", "1\n"})
    void any_other_value_is_an_invalid_argument(String value) {
        assertThatThrownBy(() -> ConnectTimeout.parse(value))
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @CsvSource({
        "PT1M, 60000",
        "PT0.0000001S, 1",
        "PT0.0010001S, 2",
        "PT0S, 1",
        "PT-5S, 1",
        "PT-2562047788015215H, 1",
        "PT9999999.999S, 9999999999",
        "PT2562047788015215H, 9999999999"
    })
    void a_limit_is_rounded_up_and_never_read_as_no_limit(Duration limit, String value) {
        assertThat(ConnectTimeout.format(limit)).isEqualTo(value);
        assertThat(ConnectTimeout.parse(value)).isPresent();
    }
}
