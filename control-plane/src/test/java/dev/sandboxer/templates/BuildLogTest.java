package dev.sandboxer.templates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildLogTest {
    private final List<String> lines = new ArrayList<>();
    private final BuildLog log = new BuildLog(stored -> {}, line -> lines.add(line.message()), InstantSource.system());

    @Test
    void a_character_may_be_split_anywhere_between_two_pieces_of_output() {
        var text = "größer: 5 €, 日本 \uD83D\uDE00";
        var bytes = text.getBytes(UTF_8);
        for (int at = 0; at <= bytes.length; at++) {
            log.output(Arrays.copyOf(bytes, at));
            log.output(Arrays.copyOfRange(bytes, at, bytes.length));
            log.endOutput();
        }
        for (byte single : bytes) {
            log.output(new byte[] {single});
        }
        log.endOutput();

        assertThat(lines).hasSize(bytes.length + 2).containsOnly(text);
    }

    @Test
    void a_character_that_stays_incomplete_does_not_reach_the_next_command() {
        log.output(new byte[] {'a', (byte) 0xe2, (byte) 0x82});
        log.endOutput();
        log.output("b\n".getBytes(UTF_8));
        log.output(new byte[] {'c', (byte) 0xff, 'd', '\n'});

        assertThat(lines).containsExactly("a\uFFFD", "b", "c\uFFFDd");
    }

    @Test
    void a_long_line_is_not_split_inside_a_character() {
        log.output(("x".repeat(1999) + "\uD83D\uDE00" + "y\n").getBytes(UTF_8));

        assertThat(lines).containsExactly("x".repeat(1999) + "\uD83D\uDE00", "y");
    }
}
