package dev.sandboxer.stub.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersTest {
    @TempDir
    Path directory;

    /** Returns one character for each call: the letter of the rule that strikes, or a dot. */
    private String strikes(String text, int calls) {
        var plan = PlanReader.read(text);
        var played = new StringBuilder();
        for (int i = 0; i < calls; i++) {
            played.append(new Counters(directory) // as in a process of its own
                    .next(plan, Operation.CREATE)
                    .map(strike -> "abc".charAt(plan.rules().indexOf(strike.rule())))
                    .orElse('.'));
        }
        return played.toString();
    }

    @Test
    void times_limits_the_strikes() {
        assertThat(strikes("create capacity times=2", 5)).isEqualTo("aa...");
    }

    @Test
    void every_strikes_each_nth_call() {
        assertThat(strikes("create capacity every=3", 9)).isEqualTo("..a..a..a");
    }

    @Test
    void after_every_and_times_can_be_combined() {
        assertThat(strikes("create capacity after=1 every=2 times=2", 9)).isEqualTo("..a.a....");
    }

    @Test
    void a_rule_does_not_count_calls_that_an_earlier_rule_struck() {
        assertThat(strikes("create capacity times=1; create quota times=2; any transient after=1 times=1", 6))
                .isEqualTo("abb.c.");
    }

    @Test
    void a_rule_about_another_operation_counts_nothing() {
        assertThat(strikes("destroy transient", 2)).isEqualTo("..");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_changed_text_starts_from_zero_even_if_only_a_comment_changed() {
        assertThat(strikes("create capacity times=1", 2)).isEqualTo("a.");
        assertThat(strikes("create capacity times=1", 1)).isEqualTo(".");
        assertThat(strikes("create capacity times=1 # again", 2)).isEqualTo("a.");
    }

    @Test
    void chance_gives_the_same_strikes_for_the_same_seed_at_about_the_given_rate() throws IOException {
        var first = strikes("seed 7; create transient chance=25%", 400);
        for (Path file : files()) {
            Files.delete(file);
        }
        assertThat(strikes("seed 7; create transient chance=25%", 400)).isEqualTo(first);
        assertThat(strikes("seed 8; create transient chance=25%", 400)).isNotEqualTo(first);
        assertThat(first.chars().filter(c -> c == 'a').count()).isBetween(60L, 140L);
    }

    @Test
    void concurrent_calls_are_struck_exactly_as_often_as_the_plan_says() throws Exception {
        var plan = PlanReader.read("create capacity times=7");
        var struck = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 40; i++) {
                calls.add(() -> new Counters(directory)
                        .next(plan, Operation.CREATE)
                        .filter(_ -> struck.incrementAndGet() > 0)
                        .isPresent());
            }
            for (var done : threads.invokeAll(calls)) {
                done.get();
            }
        }
        assertThat(struck).hasValue(7);
    }

    @Test
    void a_damaged_file_is_named_with_a_remedy() throws IOException {
        strikes("create capacity times=1", 1);
        for (Path file : files()) {
            Files.writeString(file, "rubbish");
        }
        assertThatThrownBy(() -> strikes("create capacity times=1", 1))
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("remove the file to start from zero");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith("lock")).toList();
        }
    }
}
