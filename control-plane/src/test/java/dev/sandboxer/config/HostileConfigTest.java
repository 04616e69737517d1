package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are invalid YAML, or malicious. */
@Timeout(20)
class HostileConfigTest {
    @TempDir
    Path dir;

    @Test
    void a_syntax_error_is_the_last_thing_reported() throws IOException {
        assertThat(check("nonsense: 1\nprofiles:\n  ci: [ext.local\nother: 2\n"))
                .containsExactly("config.yaml:4:6: is not YAML: while parsing a flow sequence:"
                        + " expected ',' or ']', but got :");
        assertThat(check("a: 1\na: 2\nb: \"open\n"))
                .containsExactly(
                        "config.yaml:2:1 a: appears twice, first in line 1",
                        "config.yaml:4:1: is not YAML: while scanning a quoted scalar: found unexpected end of stream");
    }

    @Test
    void a_tab_is_no_indentation() throws IOException {
        assertThat(check("profiles:\n\tci: 1\n"))
                .singleElement()
                .asString()
                .startsWith("config.yaml:2:1: is not YAML: ")
                .contains("TAB");
    }

    @Test
    void a_surrogate_pair_may_be_anywhere() throws IOException {
        for (int before = 1010; before < 1040; before++) {
            assertThat(check("# " + "x".repeat(before) + "\uD83D\uDE00\nprofiles:\n"))
                    .as("after %d", before)
                    .isEmpty();
        }
    }

    @Test
    void only_one_document_is_read() throws IOException {
        assertThat(check("---\nprofiles:\n---\nprofiles:\n"))
                .containsExactly("config.yaml:3:1: a second document begins here; only one is read");
        assertThat(check("%YAML 1.2\n---\nprofiles:\n...\n")).isEmpty();
        assertThat(check("%YAML 2.0\n---\nprofiles:\n")).hasSize(1);
    }

    @Test
    void a_billion_laughs_are_cut_short() throws IOException {
        StringBuilder text = new StringBuilder("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
        for (int i = 1; i < 30; i++) {
            text.append("a%d: &a%d [".formatted(i, i))
                    .append("*a%d, ".formatted(i - 1).repeat(9))
                    .append("*a%d]\n".formatted(i - 1));
        }
        assertThat(check(text.toString()))
                .singleElement()
                .asString()
                .contains("a4[", "more than 20000 values, aliases expanded");
    }

    @Test
    void an_alias_names_a_complete_anchor_before_it() throws IOException {
        assertThat(check("profiles: &loop\n  ci: *loop\n"))
                .containsExactly("config.yaml:2:7 profiles.ci: *loop names no anchor before it");
        assertThat(check("profiles: *later\nextensions: &later {}\n"))
                .containsExactly("config.yaml:1:11 profiles: *later names no anchor before it");
    }

    @Test
    void deep_nesting_is_cut_short() throws IOException {
        for (String open : List.of("[", "{a: ", "- ", "? ", "{? ")) {
            assertThat(check(open.repeat(200_000)))
                    .singleElement()
                    .asString()
                    .matches(".*(nested more than 20 levels deep|is not YAML).*");
        }
    }

    @Test
    void very_many_values_are_cut_short() throws IOException {
        assertThat(check("profiles: [" + "a,".repeat(400_000) + "]"))
                .singleElement()
                .asString()
                .contains("more than 20000 values");
    }

    @Test
    void a_file_larger_than_a_mebibyte_is_refused() throws IOException {
        String comments = "# sixteen bytes\n".repeat(1 << 16);
        assertThat(check(comments)).isEmpty();
        assertThat(check(comments + "#")).containsExactly("config.yaml: is larger than 1MiB");
    }

    @Test
    void only_utf8_is_read() throws IOException {
        assertThat(check("a: 1\nä: \u00e9".getBytes(StandardCharsets.ISO_8859_1)))
                .containsExactly("config.yaml:2:1: is not UTF-8 (byte 0xE4); save the file as UTF-8");
        assertThat(check("profiles:".getBytes(StandardCharsets.UTF_16)))
                .containsExactly("config.yaml:1:1: is not UTF-8 (byte 0xFE); save the file as UTF-8");
        assertThat(check("profiles: # \uD83D\uDE00".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        byte[] cutShort = {'#', (byte) 0xE2, (byte) 0x82};
        assertThat(check(cutShort)).hasSize(1);
    }

    @Test
    void control_characters_are_refused_with_their_place() throws IOException {
        assertThat(check("# \uD83D\uDE00\nprofiles: \u0000\n"))
                .containsExactly("config.yaml:2:11: is not YAML: the character U+0000 is not allowed");
        assertThat(check("# ".repeat(5000) + "\nx: \u001b[31m"))
                .containsExactly("config.yaml:2:4: is not YAML: the character U+001B is not allowed");
    }

    @Test
    void anything_but_a_regular_file_is_refused_at_once() throws IOException, InterruptedException {
        Path config = dir.resolve("config.yaml");
        Files.createDirectory(config);
        assertThat(problems()).containsExactly("config.yaml: is not a regular file");
        Files.delete(config);
        Files.createSymbolicLink(config, Path.of("/dev/zero"));
        assertThat(problems()).containsExactly("config.yaml: is not a regular file");
        Files.delete(config);
        assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor())
                .isZero();
        assertThat(problems()).containsExactly("config.yaml: is not a regular file");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> new ConfigFile(new Home(dir)).config())
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG));
    }

    @Test
    void any_content_gives_a_config_or_problems() throws IOException {
        String seed = Files.readString(Path.of("src/main/resources/dev/sandboxer/profiles/profiles.yaml"))
                + "extensions: &a {ext.local: {enabled: true}, ext.x: *a}\n# \u00e9\uD83D\uDE00\n";
        String spice = "&*!|>'\"%@`{}[],:?-#\t \n\\~<ä\uFEFF\u0085\u0007%YAML";
        for (int i = 0; i < 1500; i++) {
            SplittableRandom random = new SplittableRandom(i);
            StringBuilder text = new StringBuilder(seed);
            for (int changes = random.nextInt(1, 12); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                char other = spice.charAt(random.nextInt(spice.length()));
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, other);
                    case 1 -> text.insert(at, other);
                    case 2 -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 40)));
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(99))));
                }
            }
            Problems problems = new Problems("config.yaml");
            Config config =
                    new ConfigReader(problems, Installed.ANYTHING).read(text.toString(), ConfigReader.builtIn());
            assertThat(config == null).as("seed %d:\n%s", i, text).isEqualTo(!problems.isEmpty());
            assertThat(problems.all())
                    .as("seed %d:\n%s", i, text)
                    .allMatch(problem -> problem.line() > 0 && problem.column() > 0);
        }
    }

    private List<String> check(String text) throws IOException {
        return check(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> check(byte[] bytes) throws IOException {
        Files.write(dir.resolve("config.yaml"), bytes);
        return problems();
    }

    private List<String> problems() {
        return new ConfigFile(new Home(dir))
                .check(Installed.ANYTHING).stream().map(ConfigProblem::toString).toList();
    }
}
