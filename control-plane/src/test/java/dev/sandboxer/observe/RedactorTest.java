package dev.sandboxer.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final String SECRET = "s3cr3t/with+odd=\"ones\"&more";

    @BeforeAll
    static void know() {
        Redactor.know(List.of(SECRET, "short", "longer-secret-value", "longer-secret-value-still"));
    }

    @Test
    void a_secret_is_hidden_wherever_it_stands() {
        assertThat(Redactor.clean("a " + SECRET + " b " + SECRET)).isEqualTo("a [hidden] b [hidden]");
    }

    @Test
    void a_secret_is_hidden_in_urls_and_in_json() {
        assertThat(Redactor.clean("?key=" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8) + "&x"))
                .isEqualTo("?key=[hidden]&x");
        assertThat(Redactor.clean("\"" + SECRET.replace("\"", "\\\"") + "\"")).isEqualTo("\"[hidden]\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "u", "us", "use", "user", "user:"})
    void a_secret_is_hidden_in_base64_whatever_stands_before_and_after_it(String before) {
        for (String after : List.of("", "x", "xy", "xyz")) {
            for (var encoder : List.of(
                    Base64.getEncoder(),
                    Base64.getUrlEncoder(),
                    Base64.getEncoder().withoutPadding())) {
                var text = encoder.encodeToString((before + SECRET + after).getBytes(StandardCharsets.UTF_8));

                assertThat(Redactor.clean("Basic " + text)).contains(Redactor.HIDDEN);
            }
        }
    }

    @Test
    void of_two_secrets_one_of_which_holds_the_other_nothing_is_left() {
        assertThat(Redactor.clean("<longer-secret-value-still>")).isEqualTo("<[hidden]>");
    }

    @Test
    void what_is_too_short_to_be_a_secret_makes_no_holes_into_words() {
        assertThat(Redactor.clean("a short word")).isEqualTo("a short word");
    }

    @Test
    void variables_that_have_the_name_of_a_secret_hold_one() {
        Redactor.knowEnvironment(
                Map.of("CLOUD_API_KEY", "an-api-key", "CLOUD_TOKEN", "a-long-token", "CLOUD_KEY_FILE", "/home/me/key"));

        assertThat(Redactor.clean("an-api-key, a-long-token, /home/me/key"))
                .isEqualTo("[hidden], [hidden], /home/me/key");
    }

    @Test
    void other_text_stays_as_it_is() {
        assertThat(Redactor.clean("sandbox s123 has ended")).isEqualTo("sandbox s123 has ended");
    }
}
