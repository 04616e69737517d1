package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each claim of docs/threat-model.md names a test that exists. */
class ThreatModelTest {
    private static final String PAGE = Tree.read("docs/threat-model.md");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!---|an attacker).*$");

    @Test
    void every_test_that_it_names_exists() {
        var tests = Tree.files(Tree.ROOT, ".java").stream()
                .filter(file -> file.toString().contains("/src/test/java/"))
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        var named = TEST.matcher(PAGE).results().map(match -> match.group(1)).toList();

        assertThat(named).hasSizeGreaterThan(15);
        assertThat(tests).containsAll(named);
    }

    @Test
    void every_protection_names_one() {
        var rows = ROW.matcher(PAGE).results().map(match -> match.group()).toList();

        assertThat(rows).hasSizeGreaterThan(10);
        assertThat(rows).allSatisfy(row -> assertThat(lastCell(row)).containsPattern(TEST));
    }

    private static String lastCell(String row) {
        List<String> cells = Arrays.asList(row.split("\\|"));
        return cells.getLast();
    }
}
