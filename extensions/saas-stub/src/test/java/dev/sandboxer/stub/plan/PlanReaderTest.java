package dev.sandboxer.stub.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanReaderTest {
    @Test
    void settings_and_rules_are_read_from_lines_and_between_semicolons() {
        var plan = PlanReader.read("""
                # a small cloud
                capacity 3; latency 800ms   # and a slow one
                maxLife 1h
                seed 42

                create throttled retryAfter=30s after=1 every=3 times=2 chance=20%
                any transient
                """);

        assertThat(plan.capacity()).isEqualTo(3);
        assertThat(plan.latency()).isEqualTo(Duration.ofMillis(800));
        assertThat(plan.maxLife()).isEqualTo(Duration.ofHours(1));
        assertThat(plan.seed()).isEqualTo(42);
        assertThat(plan.rules())
                .containsExactly(
                        new Rule(
                                "create throttled retryAfter=30s after=1 every=3 times=2 chance=20%",
                                Operation.CREATE,
                                new Fault.Refuse(Kind.THROTTLED, Duration.ofSeconds(30)),
                                1,
                                3,
                                2,
                                20),
                        new Rule(
                                "any transient",
                                null,
                                new Fault.Refuse(Kind.TRANSIENT, null),
                                0,
                                1,
                                Rule.ALWAYS,
                                Rule.CERTAIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", " ; ;\n", "# nothing"})
    void a_text_without_content_is_a_plan_without_rules(String text) {
        assertThat(PlanReader.read(text).rules()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create | has one word",
                "creat throttled | \"creat\" is not a setting (latency, capacity, maxLife, seed) or an operation (any, check",
                "create throtled | \"throtled\" is not a fault; choose one of quota, throttled,",
                "create credential | is not a fault",
                "create gone | is not a fault",
                "list late time=1s | this fault is not for this operation",
                "create expire | this fault is not for this operation",
                "any expire | this fault is not for this operation",
                "destroy empty | this fault is not for this operation",
                "create late | needs a time",
                "create capacity retryAfter=30 | \"30\" is not a duration",
                "create capacity times=0 | \"0\" is not a whole number of at least 1",
                "create capacity every=0 | \"0\" is not a whole number of at least 1",
                "create capacity chance=101% | is not a chance",
                "create capacity chance=20 | is not a chance",
                "create capacity times=1 times=2 | comes twice",
                "create capacity twice | is not a detail",
                "create loseResponse retryAfter=1s | does not take retryAfter",
                "create capacity time=1s | does not take time",
                "capacity -1 | is not a whole number of at least 0",
                "capacity 1 2 | has more than one value",
                "latency fast | is not a duration",
            })
    void a_problem_is_reported_with_its_line(String line, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlanReader.read("seed 1\n" + line))
                .withMessageStartingWith("\"" + line + "\": ")
                .withMessageContaining(problem);
    }
}
