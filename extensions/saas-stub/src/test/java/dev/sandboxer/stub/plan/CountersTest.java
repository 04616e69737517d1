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

    /** One letter for each call: of the rule that strikes, or a dot. */
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
    void the_first_two() {
        assertThat(strikes("create capacity times=2", 5)).isEqualTo("aa...");
    }

    @Test
    void every_third() {
        assertThat(strikes("create capacity every=3", 9)).isEqualTo("..a..a..a");
    }

    @Test
    void after_the_first_every_second_twice() {
        assertThat(strikes("create capacity after=1 every=2 times=2", 9)).isEqualTo("..a.a....");
    }

    @Test
    void a_rule_does_not_count_what_one_before_it_struck() {
        assertThat(strikes("create capacity times=1; create quota times=2; any transient after=1 times=1", 6))
                .isEqualTo("abb.c.");
    }

    @Test
    void a_rule_about_another_operation_counts_nothing() {
        assertThat(strikes("destroy transient", 2)).isEqualTo("..");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_changed_text_begins_again_be_it_a_comment() {
        assertThat(strikes("create capacity times=1", 2)).isEqualTo("a.");
        assertThat(strikes("create capacity times=1", 1)).isEqualTo(".");
        assertThat(strikes("create capacity times=1 # again", 2)).isEqualTo("a.");
    }

    @Test
    void chance_is_the_same_for_the_same_seed_and_about_as_often_as_said() throws IOException {
        var first = strikes("seed 7; create transient chance=25%", 400);
        for (Path file : files()) {
            Files.delete(file);
        }
        assertThat(strikes("seed 7; create transient chance=25%", 400)).isEqualTo(first);
        assertThat(strikes("seed 8; create transient chance=25%", 400)).isNotEqualTo(first);
        assertThat(first.chars().filter(c -> c == 'a').count()).isBetween(60L, 140L);
    }

    @Test
    void of_many_at_once_exactly_as_many_are_struck_as_the_plan_says() throws Exception {
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
    void a_damaged_file_is_named_with_what_to_do() throws IOException {
        strikes("create capacity times=1", 1);
        for (Path file : files()) {
            Files.writeString(file, "rubbish");
        }
        assertThatThrownBy(() -> strikes("create capacity times=1", 1))
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("remove the file to begin again");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith("lock")).toList();
        }
    }
}
