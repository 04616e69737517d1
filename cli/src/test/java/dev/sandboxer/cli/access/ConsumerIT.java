package dev.sandboxer.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.config.Home;
import dev.sandboxer.lifecycle.CreateSandbox;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ConsumerIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @AfterEach
    void end() {
        for (var consumer : List.of("team-blue", "local")) {
            cli.run("destroy", "--consumer", consumer, "--all");
        }
    }

    /** Creates a sandbox of a consumer, as a server does for the owner of a key. */
    private static String createFor(String consumer) {
        try (var installation = Sandboxer.open(new Home(cli.home()), InstantSource.system())) {
            installation.keys().create(consumer);
            var profile = installation.profiles().defaultProfile();
            var request = CreateSandbox.of(consumer, profile).build();
            return installation.sandboxes().create(request).id().value();
        }
    }

    @Test
    void a_sandbox_of_another_consumer_is_reached_only_with_its_consumer() {
        var id = createFor("team-blue");

        assertThat(cli.run("ls").out()).doesNotContain(id);
        assertThat(cli.run("ls", "--consumer", "team-blue", "-q").line()).isEqualTo(id);
        assertThat(cli.run("show", id).err()).contains("[unknown_sandbox]");
        assertThat(cli.run("show", "--consumer", "team-blue", id).out()).contains("consumer   team-blue");
        assertThat(cli.run("exec", id, "true").err()).contains("[unknown_sandbox]");
        assertThat(cli.run("exec", "--consumer", "team-blue", id, "echo", "inside")
                        .line())
                .isEqualTo("inside");
        assertThat(cli.runWith(new byte[] {'x'}, "cp", "--consumer", "team-blue", "-", id + ":note")
                        .status())
                .isZero();
        assertThat(cli.run("cp", "--consumer", "team-blue", id + ":note", "-").out())
                .isEqualTo("x");
        assertThat(cli.run("extend", "--consumer", "team-blue", id, "1h").out()).contains(id);
        assertThat(cli.run("destroy", id).err()).contains("[unknown_sandbox]");
        assertThat(cli.run("destroy", "--consumer", "team-blue", id).line()).isEqualTo(id);
    }

    @Test
    void run_for_a_consumer_destroys_its_sandbox_at_the_end() {
        cli.run("consumers", "add", "team-blue");

        var result = cli.run("run", "--consumer", "team-blue", "--", "echo", "inside");

        assertThat(result).isEqualTo(new Result(0, "inside\n", ""));
        assertThat(cli.run("ls", "--all-consumers", "-q").out()).isEmpty();
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void destroy_all_destroys_only_the_sandboxes_of_the_consumer() {
        var blue = createFor("team-blue");
        var own = cli.create();

        assertThat(cli.run("destroy", "--all").out().lines()).containsExactly(own);
        assertThat(cli.run("ls", "-q", "--consumer", "team-blue").line()).isEqualTo(blue);
        var other = cli.create();
        assertThat(cli.run("destroy", "--all", "--consumer", "team-blue").out().lines())
                .containsExactly(blue);
        assertThat(cli.run("ls", "-q").line()).isEqualTo(other);
    }

    @Test
    void sandboxes_of_all_consumers_are_listed_with_their_owners() {
        var blue = createFor("team-blue");
        var own = cli.create();

        var table = cli.run("ls", "--all-consumers").out();
        assertThat(table.lines().findFirst().orElseThrow()).matches("ID +CONSUMER +PROFILE .*");
        assertThat(table).containsPattern(blue + " +team-blue ").containsPattern(own + " +local ");
        assertThat(cli.run("ls").out()).doesNotContain("CONSUMER");
        var json = JsonMapper.shared()
                .readTree(cli.run("ls", "--all-consumers", "--json").out());
        assertThat(json.findValuesAsString("consumer")).containsExactlyInAnyOrder("team-blue", "local");
        var both = cli.run("ls", "--all-consumers", "--consumer", "local");
        assertThat(both.status()).isEqualTo(2);
        assertThat(both.err()).contains("--all-consumers");
    }

    @Test
    void an_unknown_consumer_suggests_similar_names() {
        cli.run("keys", "create", "--consumer", "team-green");

        for (var command : List.of(List.of("ls"), List.of("destroy", "--all"), List.of("show", "abcd"))) {
            var words = new java.util.ArrayList<>(command);
            words.addAll(List.of("--consumer", "team-gren"));
            var result = cli.run(words.toArray(String[]::new));
            assertThat(result.status()).as(command.toString()).isEqualTo(125);
            assertThat(result.err()).contains("did you mean team-green?").contains("[unknown_consumer]");
        }
        assertThat(cli.run("ls", "--consumer", "team-green", "-q").out()).isEmpty();
        assertThat(cli.run("ls", "--consumer", "zzzzzzzz").err()).doesNotContain("did you mean");
    }
}
