package dev.sandboxer.cli.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.templates.Recipe;
import dev.sandboxer.templates.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileReaderTest {
    private static Recipe read(String content) {
        return DockerfileReader.read("Dockerfile", content, null);
    }

    @Test
    void steps_run_as_root_in_the_root_directory_and_sandboxes_as_usual_unless_the_file_says_otherwise() {
        assertThat(read("FROM base\nRUN true\n").steps())
                .containsExactly(
                        new Step.User("root"),
                        new Step.Workdir("/"),
                        new Step.Run("true", null),
                        new Step.User(null),
                        new Step.Workdir(null));
        assertThat(read("FROM base\nUSER user\nWORKDIR /srv\n").steps())
                .endsWith(new Step.User("user"), new Step.Workdir("/srv"));
    }

    @Test
    void lines_continue_after_a_backslash_and_comments_are_skipped() {
        assertThat(read("# syntax=docker/dockerfile:1\nFROM base\nRUN a && \\\n  # why\n  b\n")
                        .steps())
                .contains(new Step.Run("a &&  b", null));
    }

    @Test
    void variables_are_read_in_both_forms() {
        assertThat(read("FROM base\nENV A=b C=\"d e\" F='g h'\nENV OLD some words\n")
                        .steps())
                .contains(
                        new Step.Env(Map.of("A", "b", "C", "d e", "F", "g h")),
                        new Step.Env(Map.of("OLD", "some words")));
    }

    @Test
    void copies_may_have_an_owner_and_a_mode() {
        assertThat(read("FROM base\nCOPY --chown=user --chmod=755 a b /to/\nCOPY [\"a b\", \"/c\"]\n")
                        .steps())
                .contains(
                        new Step.Copy("a", "/to/", "user", "755", "a"),
                        new Step.Copy("b", "/to/", "user", "755", "b"),
                        new Step.Copy("a b", "/c", null, null, "a b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CMD python3 app.py | python3 app.py",
                "CMD [\"python3\", \"my app.py\"] | python3 'my app.py'",
                "ENTRYPOINT [\"serve\"] | serve",
            })
    void the_command_becomes_the_start_command(String line, String start) {
        assertThat(read("FROM base\n" + line + "\n").start()).isEqualTo(start);
    }

    @Test
    void a_command_is_the_arguments_of_an_entrypoint_with_brackets() {
        assertThat(read("FROM base\nCMD [\"-p\", \"80\"]\nENTRYPOINT [\"serve\"]\n")
                        .start())
                .isEqualTo("serve -p 80");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ADD a b | ADD is not supported",
                "FROM other | a second FROM",
                "RUN --mount=type=cache true | RUN with options",
                "RUN <<EOF | here-documents",
                "COPY --from=x a b | COPY --from is not supported",
                "COPY a b c | needs a directory",
                "COPY a | a source and a destination",
                "HEALTHCHECK NONE | HEALTHCHECK is not supported",
                "ENV 1A=b | not a variable's name",
                "RUN [true] | strings in double quotes",
            })
    void unsupported_instructions_are_refused_with_their_line(String line, String why) {
        assertThatThrownBy(() -> read("# first\nFROM base\n\n" + line + "\n"))
                .hasMessageStartingWith("Dockerfile:4: ")
                .hasMessageContaining(why);
    }

    @Test
    void a_dockerfile_begins_with_from() {
        assertThatThrownBy(() -> read("")).hasMessage("Dockerfile:1: there is no FROM");
        assertThatThrownBy(() -> read("RUN true\nFROM base")).hasMessageContaining("Dockerfile:1: RUN before FROM");
    }
}
