package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The attempts of an attack, each with its error; {@code OK} = it succeeded. A missing attempt was not made; asserting about it fails.
 */
public record Attempts(Map<String, String> results) {
    public static Attempts parse(Victim.Result result) {
        var results = new LinkedHashMap<String, String>();
        for (String line : result.text().split("\r?\n")) {
            var at = line.indexOf('=');
            assertThat(at).as("a line of an attack: " + line).isPositive();
            results.put(line.substring(0, at), line.substring(at + 1));
        }
        return new Attempts(results);
    }

    public String of(String name) {
        assertThat(results).containsKey(name);
        return results.get(name);
    }

    /** Asserts that these attempts were made, and that each failed with one of the errors. */
    public Attempts failed(List<String> errors, String... names) {
        var wrong = new ArrayList<String>();
        for (String name : names) {
            if (!errors.contains(of(name))) {
                wrong.add(name + "=" + of(name));
            }
        }
        assertThat(wrong).as("of %s, expected one of %s", results, errors).isEmpty();
        return this;
    }

    public Attempts failed(String error, String... names) {
        return failed(List.of(error), names);
    }

    /** Asserts that at least this many attempts were made, and that none succeeded. */
    public void allFailed(int least) {
        assertThat(results).hasSizeGreaterThanOrEqualTo(least);
        assertThat(results.values()).as("%s", results).doesNotContain("OK");
    }
}
