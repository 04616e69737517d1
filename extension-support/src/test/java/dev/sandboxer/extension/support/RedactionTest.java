package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.support.redaction.Redaction;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private static final String KEY = "e2b_0123456789abcdef0123456789abcdef01234567";

    private final Redaction redaction = new Redaction(KEY);

    @Test
    void a_secret_is_removed_in_every_form_in_which_it_may_be_echoed() {
        var token = "a+b/c=d e&f\"ü";
        var other = new Redaction(token);
        assertThat(redaction.line("the key " + KEY + " is bad")).isEqualTo("the key [redacted] is bad");
        assertThat(redaction.line(KEY.toUpperCase(Locale.ROOT))).isEqualTo("[redacted]");
        assertThat(redaction.line(HexFormat.of().formatHex(KEY.getBytes(UTF_8))))
                .isEqualTo("[redacted]");
        assertThat(other.line("?t=" + URLEncoder.encode(token, UTF_8))).isEqualTo("?t=[redacted]");
    }

    @Test
    void a_secret_is_removed_from_base64_at_any_position() {
        var random = new Random(3);
        for (int round = 0; round < 200; round++) {
            var around = new byte[2][random.nextInt(8)];
            random.nextBytes(around[0]);
            random.nextBytes(around[1]);
            var all = new byte[around[0].length + KEY.length() + around[1].length];
            System.arraycopy(around[0], 0, all, 0, around[0].length);
            System.arraycopy(KEY.getBytes(UTF_8), 0, all, around[0].length, KEY.length());
            System.arraycopy(around[1], 0, all, around[0].length + KEY.length(), around[1].length);
            for (var encoder : new Base64.Encoder[] {
                Base64.getEncoder(), Base64.getUrlEncoder().withoutPadding()
            }) {
                var clean = redaction.line(encoder.encodeToString(all));
                assertThat(clean)
                        .as("seed 3, round " + round)
                        .contains("[redacted]")
                        .hasSizeLessThan(40);
            }
        }
    }

    @Test
    void any_sixteen_characters_in_a_row_are_removed() {
        var digits = KEY.substring(4);
        assertThat(redaction.line("no such key: " + digits)).isEqualTo("no such key: [redacted]");
        assertThat(redaction.line(KEY.substring(0, KEY.length() - 1))).isEqualTo("[redacted]");
        assertThat(redaction.line(KEY.substring(0, 12))).isEqualTo(KEY.substring(0, 12));
        for (int from = 0; from + 16 <= KEY.length(); from++) {
            assertThat(redaction.line("<" + KEY.substring(from, from + 16) + ">"))
                    .as("from " + from)
                    .isEqualTo("<[redacted]>");
        }
    }

    @Test
    void a_secret_is_removed_in_every_escaped_form() {
        var digits = KEY.substring(4);
        for (String prefix : List.of("e2b&#95;", "e2b&#x5F;", "e2b&amp;#95;", "e2b%5f", "e2b%255F", "e2b\\u005f")) {
            assertThat(redaction.line("'" + prefix + digits + "'")).isEqualTo("'[redacted]'");
        }
        var all = new StringBuilder();
        KEY.chars().forEach(one -> all.append("&#").append(one).append(';'));
        assertThat(redaction.line("<p>" + all + "</p>")).isEqualTo("<p>[redacted]</p>");
    }

    @Test
    void a_text_becomes_one_printable_line_of_limited_length() {
        assertThat(redaction.line("a\r\nb\u0000\u001b[31m\u202e")).isEqualTo("a??b??[31m?");
        assertThat(redaction.line("x".repeat(10_000))).hasSize(303).endsWith("...");
        assertThat(redaction.line(" plain ")).isEqualTo("plain");
    }

    @Test
    void a_secret_at_the_cut_is_not_partly_shown() {
        assertThat(redaction.line("x".repeat(290) + KEY)).doesNotContain("e2b_0");
    }

    @Test
    void without_a_secret_a_text_stays_as_it_is() {
        assertThat(new Redaction("").line("as it is")).isEqualTo("as it is");
    }
}
