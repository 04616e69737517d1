package dev.sandboxer.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectCodeTest {
    @Test
    void there_are_sixteen_codes() {
        assertThat(ConnectCode.values()).hasSize(16);
    }

    @ParameterizedTest
    @CsvSource({
        "canceled, 499",
        "unknown, 500",
        "invalid_argument, 400",
        "deadline_exceeded, 504",
        "not_found, 404",
        "already_exists, 409",
        "permission_denied, 403",
        "resource_exhausted, 429",
        "failed_precondition, 400",
        "aborted, 409",
        "out_of_range, 400",
        "unimplemented, 501",
        "internal, 500",
        "unavailable, 503",
        "data_loss, 500",
        "unauthenticated, 401"
    })
    void a_code_has_the_name_and_the_status_of_the_protocol(String wireName, int status) {
        var code = ConnectCode.of(wireName).orElseThrow();

        assertThat(code.wireName()).isEqualTo(wireName);
        assertThat(code.httpStatus()).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource
    void a_name_in_upper_case_or_with_a_space_is_no_code(ConnectCode code) {
        assertThat(ConnectCode.of(code.wireName().toUpperCase(Locale.ROOT))).isEmpty();
        assertThat(ConnectCode.of(code.wireName() + " ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, INTERNAL",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, UNIMPLEMENTED",
        "429, UNAVAILABLE",
        "502, UNAVAILABLE",
        "503, UNAVAILABLE",
        "504, UNAVAILABLE",
        "200, UNKNOWN",
        "302, UNKNOWN",
        "409, UNKNOWN",
        "500, UNKNOWN",
        "-1, UNKNOWN"
    })
    void a_status_without_a_code_is_mapped_to_one(int status, ConnectCode code) {
        assertThat(ConnectCode.ofHttpStatus(status)).isEqualTo(code);
    }
}
