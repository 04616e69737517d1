package dev.sandboxer.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectErrorTest {
    private static final String HARD = "\"quotes\" \\ \n \u0000 ünï 🚀 </script>";

    @Test
    void an_error_has_the_protocols_json_form() {
        var error = new ConnectError(ConnectCode.NOT_FOUND, "no \"x\"");

        assertThat(error.toUnaryBody()).asString(UTF_8).isEqualTo("""
                {"code":"not_found","message":"no \\"x\\""}""");
        assertThat(error.toEndOfStream()).asString(UTF_8).isEqualTo("""
                {"error":{"code":"not_found","message":"no \\"x\\""}}""");
    }

    @ParameterizedTest
    @EnumSource
    void every_error_is_read_back_as_it_was_written(ConnectCode code) {
        var error = new ConnectError(code, HARD);

        assertThat(ConnectError.ofUnary(code.httpStatus(), error.toUnaryBody())).isEqualTo(error);
        assertThat(ConnectError.ofEndOfStream(error.toEndOfStream())).contains(error);
        assertThat(error.toException().error()).isEqualTo(error);
        assertThat(error.toException()).hasMessage(HARD);
    }

    @Test
    void an_unpaired_surrogate_in_a_message_becomes_a_question_mark() {
        var error = new ConnectError(ConnectCode.INTERNAL, "file \ud800 is bad");

        assertThat(error.message()).isEqualTo("file ? is bad");
        assertThat(ConnectError.ofEndOfStream(error.toEndOfStream())).contains(error);
    }

    @Test
    void an_exception_without_a_message_becomes_an_error_with_an_empty_message() {
        assertThat(new ConnectException(ConnectCode.ABORTED, null).error())
                .isEqualTo(new ConnectError(ConnectCode.ABORTED, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"code\":502,\"message\":\"gone\"} | 502 | UNAVAILABLE | gone",
                "{\"code\":\"no_such\",\"message\":\"m\"} | 401 | UNAUTHENTICATED | m",
                "{\"code\":\"aborted\"} | 401 | ABORTED | ''",
                "{\"code\":\"aborted\",\"message\":null,\"details\":[{}]} | 401 | ABORTED | ''",
                "{\"code\":\"aborted\",\"message\":{}} | 401 | ABORTED | ''",
                "{} | 404 | UNIMPLEMENTED | ''",
                "null | 404 | UNIMPLEMENTED | ''",
                "[] | 404 | UNIMPLEMENTED | ''",
                "<html>502</html> | 502 | UNAVAILABLE | ''",
                "'' | 503 | UNAVAILABLE | ''",
                "{\"code\": | 418 | UNKNOWN | ''"
            })
    void an_error_without_a_valid_code_gets_its_code_from_the_status(
            String body, int status, ConnectCode code, String message) {
        assertThat(ConnectError.ofUnary(status, body.getBytes(UTF_8))).isEqualTo(new ConnectError(code, message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"error\":null}", "{\"metadata\":{\"a\":[\"b\"]}}", " { } "})
    void an_end_without_an_error_is_a_success(String end) {
        assertThat(ConnectError.ofEndOfStream(end.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void an_end_with_an_unknown_code_is_an_unknown_error() {
        assertThat(ConnectError.ofEndOfStream("{\"error\":{\"code\":\"x\",\"message\":\"m\"}}".getBytes(UTF_8)))
                .contains(new ConnectError(ConnectCode.UNKNOWN, "m"));
        assertThat(ConnectError.ofEndOfStream("{\"error\":{}}".getBytes(UTF_8)))
                .contains(new ConnectError(ConnectCode.UNKNOWN, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "0", "{", "{}{}", "{\"error\":0}", "{\"error\":\"x\"}", "<html>"})
    void a_malformed_end_is_never_a_success(String end) {
        assertThatThrownBy(() -> ConnectError.ofEndOfStream(end.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INTERNAL));
    }

    @Test
    void deeply_nested_json_is_refused() {
        var deep = ("{\"error\":" + "[".repeat(1_000_000)).getBytes(UTF_8);

        assertThatThrownBy(() -> ConnectError.ofEndOfStream(deep)).isInstanceOf(ConnectException.class);
        assertThat(ConnectError.ofUnary(503, deep)).isEqualTo(new ConnectError(ConnectCode.UNAVAILABLE, ""));
    }
}
