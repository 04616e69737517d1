package dev.sandboxer.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final String WORDS = "alpha, beta, gamma, delta, epsilon, zeta, eta, theta, iota, kappa, lambda";

    private final Table table = new Table("NAME", "WHAT", "STATE");

    @Test
    void columns_are_as_wide_as_their_longest_cell() {
        table.row("a", "something", "on");

        assertThat(printed(Table::print)).containsExactly("NAME  WHAT       STATE", "a     something  on");
    }

    @Test
    void a_long_cell_wraps_and_nothing_is_lost() {
        table.row("sandbox-with-a-long-name", WORDS, "running");

        var lines = printed(Table::print);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(lines.get(1))
                .startsWith("sandbox-with-a-long-name  alpha, beta,")
                .endsWith("running");
        assertThat(String.join(" ", lines).replaceAll(" +", " ")).contains("epsilon", "kappa, lambda");
    }

    @Test
    void the_first_cell_of_a_row_is_its_name_and_stays_whole() {
        table.row("x".repeat(40), "y".repeat(30), "z".repeat(20));

        assertThat(printed(Table::print).get(1))
                .startsWith("x".repeat(40) + "  y")
                .hasSizeLessThanOrEqualTo(80);
    }

    @Test
    void a_cell_without_blanks_is_broken_only_as_a_last_resort() {
        table.row("x".repeat(70), WORDS, "y".repeat(30));

        var lines = printed(Table::print);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        var all = String.join("", lines);
        assertThat(all.chars().filter(c -> c == 'x').count()).isEqualTo(70);
        assertThat(all.chars().filter(c -> c == 'y').count()).isEqualTo(30);
    }

    @Test
    void a_cut_table_has_one_line_for_each_row() {
        table.row("a", "b", WORDS + WORDS);

        var lines = printed(Table::printCut);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).hasSize(80).endsWith("...");
    }

    @Test
    void a_remark_follows_its_row_and_is_indented() {
        table.rowWithRemark("It is " + WORDS, "a", "b", "c");

        assertThat(printed(Table::print).subList(2, 4))
                .allSatisfy(line -> assertThat(line).startsWith("    ").hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void a_cell_cannot_break_out_of_its_line() {
        table.row("a\nb", "\u001b[31mred", "\r");

        assertThat(printed(Table::print)).hasSize(2);
    }

    private List<String> printed(BiConsumer<Table, Console> way) {
        var out = new ByteArrayOutputStream();
        var console = new Console(InputStream.nullInputStream(), out, OutputStream.nullOutputStream());
        way.accept(table, console);
        console.flush();
        return out.toString(UTF_8).lines().toList();
    }
}
