package dev.sandboxer.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final String DIGITS = "4f1c9a0b7d3e8265f0a1b2c3d4e5f60718293a4b";
    private static final String SECRET = "s3cr3t/with+odd=\"ones\"&more";

    @BeforeAll
    static void know() {
        Redactor.know(List.of(SECRET, "e2b_" + DIGITS, "short", "longer-secret-value", "longer-secret-value-still"));
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
    void sixteen_consecutive_characters_of_a_secret_are_hidden() {
        var key = "e2b_" + DIGITS;

        assertThat(Redactor.clean("key " + DIGITS + " is bad")).isEqualTo("key [hidden] is bad");
        assertThat(Redactor.clean(key.substring(0, key.length() - 1))).isEqualTo(Redactor.HIDDEN);
        assertThat(Redactor.clean(key.substring(1))).isEqualTo(Redactor.HIDDEN);
        for (int from = 0; from + 16 <= key.length(); from++) {
            assertThat(Redactor.clean("<" + key.substring(from, from + 16) + ">"))
                    .as("from " + from)
                    .isEqualTo("<[hidden]>");
        }
        assertThat(Redactor.clean("the key e2b_" + DIGITS.substring(0, 6) + "..."))
                .contains(DIGITS.substring(0, 6));
    }

    @Test
    void two_secrets_side_by_side_are_both_hidden() {
        assertThat(Redactor.clean(DIGITS + DIGITS)).doesNotContain(DIGITS.substring(4, 12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"e2b&#95;", "e2b&#x5f;", "e2b&amp;#95;", "e2b%5F", "e2b%255f", "e2b\\u005f"})
    void a_secret_is_hidden_however_it_is_escaped(String prefix) {
        assertThat(Redactor.clean("\"" + prefix + DIGITS + "\"")).isEqualTo("\"[hidden]\"");
    }

    @Test
    void a_secret_of_which_every_character_is_escaped_is_hidden() {
        var html = new StringBuilder();
        var url = new StringBuilder();
        for (char one : DIGITS.toCharArray()) {
            html.append("&#").append((int) one).append(';');
            url.append("%").append(Integer.toHexString(one));
        }
        assertThat(Redactor.clean("<b>" + html + "</b>")).isEqualTo("<b>[hidden]</b>");
        assertThat(Redactor.clean("?" + url)).isEqualTo("?[hidden]");
        assertThat(Redactor.clean("quoted &quot;" + SECRET.replace("&", "&amp;").replace("\"", "&quot;") + "&quot;"))
                .isEqualTo("quoted &quot;[hidden]&quot;");
    }

    @Test
    void a_secret_is_hidden_in_capitals_and_in_hexadecimal() {
        assertThat(Redactor.clean(DIGITS.toUpperCase(Locale.ROOT))).isEqualTo(Redactor.HIDDEN);
        assertThat(Redactor.clean(HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(Redactor.HIDDEN);
    }

    @Test
    void random_cuts_and_escapes_reveal_no_sixteen_characters() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var from = random.nextInt(DIGITS.length() - 16);
            var run = DIGITS.substring(from, from + 16 + random.nextInt(DIGITS.length() - from - 15));
            var escaped = new StringBuilder("at ");
            for (char one : run.toCharArray()) {
                escaped.append(
                        switch (random.nextInt(8)) {
                            case 0 -> "&#" + (int) one + ";";
                            case 1 -> "%" + Integer.toHexString(one);
                            case 2 -> "\\u00" + Integer.toHexString(one);
                            default -> String.valueOf(one);
                        });
            }
            assertThat(Redactor.clean(escaped + " end"))
                    .as("seed " + seed + ", " + escaped)
                    .isEqualTo("at [hidden] end");
        }
    }

    @Test
    void a_secret_that_contains_another_is_hidden_completely() {
        assertThat(Redactor.clean("<longer-secret-value-still>")).isEqualTo("<[hidden]>");
    }

    @Test
    void short_values_are_not_hidden() {
        assertThat(Redactor.clean("a short word")).isEqualTo("a short word");
    }

    @Test
    void variables_named_like_secrets_are_hidden() {
        Redactor.registerEnvironment(
                Map.of("CLOUD_API_KEY", "an-api-key", "CLOUD_TOKEN", "a-long-token", "CLOUD_KEY_FILE", "/home/me/key"));

        assertThat(Redactor.clean("an-api-key, a-long-token, /home/me/key"))
                .isEqualTo("[hidden], [hidden], /home/me/key");
    }

    @Test
    void other_text_stays_as_it_is() {
        assertThat(Redactor.clean("sandbox s123 has ended")).isEqualTo("sandbox s123 has ended");
    }
}
