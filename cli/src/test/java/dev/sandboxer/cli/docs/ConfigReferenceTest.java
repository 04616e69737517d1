package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/config.md lists exactly the keys and variables that the code reads. */
class ConfigReferenceTest {
    private static final String PAGE = Tree.read("docs/reference/config.md");
    private static final Pattern NAME_IN_ROW = Pattern.compile("(?m)^\\| `([^`]+)`");
    private static final Pattern WORD = Pattern.compile("\"(\\w+)\"");
    private static final Pattern VARIABLE_IN_JAVA = Pattern.compile("\"((?:SANDBOXER|E2B|MODAL)_[A-Z0-9_]+)\"");
    private static final Pattern VARIABLE_IN_SHELL = Pattern.compile("\\$\\{(SANDBOXER_[A-Z_]+)");

    /** Variables inside sandboxes, which are not settings. */
    private static final Set<String> INSIDE =
            Set.of("E2B_SANDBOX", "E2B_SANDBOX_ID", "E2B_TEMPLATE_ID", "SANDBOXER_TERMINAL");

    /** Suffixes of variables that begin with the name of a hub. */
    private static final List<String> OF_A_HUB = List.of("_URL", "_SECRET", "_SECRET_FILE");

    @Test
    void each_section_of_config_yaml_has_the_keys_of_its_reader() {
        assertThat(rows("config.yaml")).isEqualTo(keys("config/ConfigReader", "KEYS"));
        assertThat(rows("A profile")).isEqualTo(keys("config/ProfileReader", "KEYS"));
        assertThat(rows("A profile's network")).isEqualTo(keys("config/NetworkReader", "KEYS"));
        assertThat(rows("A profile's ready check")).isEqualTo(keys("config/LaunchReader", "KEYS"));
        assertThat(rows("An extension")).isEqualTo(keys("config/ConfigReader", "EXTENSION_KEYS"));
        assertThat(rows("The host")).isEqualTo(keys("config/HostReader", "KEYS"));
        assertThat(rows("A consumer"))
                .isEqualTo(
                        Arrays.stream(Limit.values()).map(Limit::key).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void each_section_of_rates_yaml_has_the_keys_of_its_reader() {
        assertThat(rows("rates.yaml")).isEqualTo(keys("payments/rates/RateCardReader", "KEYS"));
        assertThat(rows("A consumer's rules")).isEqualTo(keys("payments/rates/RateCardReader", "RULE_KEYS"));
        assertThat(rows("A price list")).isEqualTo(keys("payments/rates/RateCardReader", "CARD_KEYS"));
    }

    @Test
    void every_variable_that_the_code_reads_is_listed_and_no_other() {
        var read = new TreeSet<String>();
        for (String module : List.of("control-plane", "cli", "server", "fake-clouds", "extensions")) {
            Tree.files(Tree.ROOT.resolve(module), ".java").stream()
                    .map(file -> Tree.ROOT.relativize(file).toString())
                    .filter(file -> file.contains("src/main/"))
                    .forEach(file -> VARIABLE_IN_JAVA
                            .matcher(Tree.read(file))
                            .results()
                            .forEach(match -> read.add(match.group(1))));
        }
        for (String script :
                List.of("cli/src/dist/bin/sandboxer", "cli/src/dist/lib/jdk.sh", "sandboxer", "scripts/setup.sh")) {
            VARIABLE_IN_SHELL.matcher(Tree.read(script)).results().forEach(match -> read.add(match.group(1)));
        }
        for (String hub : List.of("SANDBOXER_FIN_HUB", "SANDBOXER_STATE_HUB")) {
            OF_A_HUB.forEach(suffix -> read.add(hub + suffix));
        }
        read.removeAll(INSIDE);

        assertThat(rows("Environment")).isEqualTo(read);
    }

    /** Returns the names in the first column of the table below a heading. */
    private static TreeSet<String> rows(String heading) {
        var begin = PAGE.indexOf("\n## " + heading + "\n");
        assertThat(begin).as("the heading " + heading).isPositive();
        var end = PAGE.indexOf("\n## ", begin + 1);
        return NAME_IN_ROW
                .matcher(PAGE.substring(begin, end < 0 ? PAGE.length() : end))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the strings of a constant list in the source of a reader. */
    private static TreeSet<String> keys(String reader, String constant) {
        var source = Tree.read("control-plane/src/main/java/dev/sandboxer/" + reader + ".java");
        var begin = source.indexOf("List<String> " + constant + " =");
        assertThat(begin).as(constant + " of " + reader).isPositive();
        return WORD.matcher(source.substring(begin, source.indexOf(';', begin)))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
