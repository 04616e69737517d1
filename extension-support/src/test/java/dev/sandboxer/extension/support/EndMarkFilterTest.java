package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.tck.Campaign;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EndMarkFilterTest {
    private static final String MARK = "sandboxer-1234";

    /** The output contains many prefixes of the mark and arrives in pieces of random length. */
    @Test
    void bytes_before_the_mark_are_output_and_bytes_after_it_report_the_exit() throws Throwable {
        Campaign.run("end of output", 300, random -> {
            var output = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                output.append(MARK, 0, random.nextInt(MARK.length())).append(i % 3 == 0 ? "\n" : "s");
            }
            var all = (output + MARK + "= signal 9 Killed \0of a child that still runs").getBytes(UTF_8);
            var filter = new EndMarkFilter(MARK);
            var got = new ByteArrayOutputStream();
            for (int at = 0; at < all.length; ) {
                var next = Math.min(all.length, at + 1 + random.nextInt(10));
                got.writeBytes(filter.accept(Arrays.copyOfRange(all, at, next)));
                at = next;
            }
            got.writeBytes(filter.flush());
            assertThat(got.toString(UTF_8)).isEqualTo(output.toString());
            assertThat(filter.exited()).isEqualTo(new Exited(-1, 9, false));
        });
    }

    @Test
    void without_the_mark_all_bytes_are_output() {
        var filter = new EndMarkFilter(MARK);
        var got = new ByteArrayOutputStream();
        got.writeBytes(filter.accept("some ".getBytes(UTF_8)));
        got.writeBytes(filter.accept(MARK.getBytes(UTF_8)));
        assertThat(got.toString(UTF_8)).isEqualTo("some ");
        got.writeBytes(filter.flush());
        assertThat(got.toString(UTF_8)).isEqualTo("some " + MARK);
        assertThat(filter.exited()).isNull();
    }

    @Test
    void an_exit_code_is_read_from_the_report() {
        assertThat(end("= code 137 \0")).isEqualTo(new Exited(137, 0, false));
        assertThat(end("= code 0 \0")).isEqualTo(new Exited(0, 0, false));
        assertThat(end("= nonsense\0")).isEqualTo(new Exited(255, 0, false));
    }

    private static Exited end(String line) {
        var filter = new EndMarkFilter(MARK);
        assertThat(filter.accept((MARK + line).getBytes(UTF_8))).isEmpty();
        return filter.exited();
    }
}
