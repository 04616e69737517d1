package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.tck.Campaign;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EndMarkTest {
    private static final String MARK = "sandboxer-1234";

    /** Output full of beginnings of the mark, cut anywhere. */
    @Test
    void what_comes_before_the_mark_is_output_and_what_follows_it_is_the_end() throws Throwable {
        Campaign.run("end of output", 300, random -> {
            var output = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                output.append(MARK, 0, random.nextInt(MARK.length())).append(i % 3 == 0 ? "\n" : "s");
            }
            var all = (output + MARK + "= signal 9 Killed \0of a child that still runs").getBytes(UTF_8);
            var mark = new EndMark(MARK);
            var got = new ByteArrayOutputStream();
            for (int at = 0; at < all.length; ) {
                var next = Math.min(all.length, at + 1 + random.nextInt(10));
                got.writeBytes(mark.accept(Arrays.copyOfRange(all, at, next)));
                at = next;
            }
            got.writeBytes(mark.flush());
            assertThat(got.toString(UTF_8)).isEqualTo(output.toString());
            assertThat(mark.exited()).isEqualTo(new Exited(-1, 9, false));
        });
    }

    @Test
    void without_it_all_is_output() {
        var mark = new EndMark(MARK);
        var got = new ByteArrayOutputStream();
        got.writeBytes(mark.accept("some ".getBytes(UTF_8)));
        got.writeBytes(mark.accept(MARK.getBytes(UTF_8)));
        assertThat(got.toString(UTF_8)).isEqualTo("some ");
        got.writeBytes(mark.flush());
        assertThat(got.toString(UTF_8)).isEqualTo("some " + MARK);
        assertThat(mark.exited()).isNull();
    }

    @Test
    void a_code_is_a_code() {
        assertThat(end("= code 137 \0")).isEqualTo(new Exited(137, 0, false));
        assertThat(end("= code 0 \0")).isEqualTo(new Exited(0, 0, false));
        assertThat(end("= nonsense\0")).isEqualTo(new Exited(255, 0, false));
    }

    private static Exited end(String line) {
        var mark = new EndMark(MARK);
        assertThat(mark.accept((MARK + line).getBytes(UTF_8))).isEmpty();
        return mark.exited();
    }
}
