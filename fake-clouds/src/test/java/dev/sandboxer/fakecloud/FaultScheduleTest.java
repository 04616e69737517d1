package dev.sandboxer.fakecloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultScheduleTest {
    private static final Fault FIRST = new Fault.CutAnswer(1);
    private static final Fault SECOND = new Fault.CutAnswer(2);

    @Test
    void a_rule_leaves_the_first_requests_alone_then_strikes_until_it_is_used_up() {
        var schedule = new FaultSchedule(plan(rule(Operation.CREATE, 2, 3, FIRST)));
        var create = call("POST", "/v2/sandboxes");

        assertThat(List.of(1, 2, 3, 4, 5, 6, 7))
                .extracting(_ -> schedule.next(create).isPresent())
                .containsExactly(false, false, true, true, true, false, false);
    }

    @Test
    void requests_that_a_rule_does_not_match_are_neither_struck_nor_counted() {
        var schedule = new FaultSchedule(plan(rule(Operation.CREATE, 1, 1, FIRST)));

        assertThat(schedule.next(call("GET", "/v2/sandboxes"))).isEmpty();
        assertThat(schedule.next(call("POST", "/v2/sandboxes"))).isEmpty();
        assertThat(schedule.next(call("DELETE", "/sandboxes/abc"))).isEmpty();
        assertThat(schedule.next(call("POST", "/sandboxes"))).contains(FIRST);
    }

    @Test
    void the_next_rule_strikes_when_the_one_before_it_is_used_up() {
        var schedule =
                new FaultSchedule(plan(rule(Operation.LIST, 0, 2, FIRST), rule(null, 0, FaultRule.ALWAYS, SECOND)));
        var list = call("GET", "/sandboxes");

        assertThat(List.of(1, 2, 3, 4))
                .extracting(_ -> schedule.next(list).orElseThrow())
                .containsExactly(FIRST, FIRST, SECOND, SECOND);
    }

    @Test
    void method_path_and_query_all_have_to_match() {
        var rule = new FaultRule(
                null, "GET", Pattern.compile("/fi.*"), Pattern.compile("path=a"), 0, FaultRule.ALWAYS, FIRST);
        var schedule = new FaultSchedule(plan(rule));

        assertThat(schedule.next(new Call("GET", "/files", "x=1&path=abc", null)))
                .contains(FIRST);
        assertThat(schedule.next(new Call("POST", "/files", "path=abc", null))).isEmpty();
        assertThat(schedule.next(new Call("GET", "/a/files", "path=abc", null))).isEmpty();
        assertThat(schedule.next(new Call("GET", "/files", "path=b", null))).isEmpty();
        assertThat(schedule.next(new Call("GET", "/files", "", null))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "create, POST, /sandboxes",
        "create, POST, /v2/sandboxes",
        "list, GET, /v2/sandboxes",
        "describe, GET, /sandboxes/abc",
        "kill, DELETE, /sandboxes/abc",
        "connect, POST, /v2/sandboxes/abc/connect",
        "connect, POST, /sandboxes/abc/resume",
        "timeout, POST, /sandboxes/abc/timeout",
        "pause, POST, /sandboxes/abc/pause",
        "snapshot, POST, /sandboxes/abc/snapshots",
        "exec, POST, /process.Process/Start",
        "input, POST, /process.Process/SendInput",
        "stat, POST, /filesystem.Filesystem/Stat",
        "upload, POST, /files",
        "download, GET, /files"
    })
    void a_request_matches_exactly_one_operation(String name, String method, String path) {
        var expected = Operation.valueOf(name.toUpperCase(Locale.ROOT));

        assertThat(Operation.values())
                .filteredOn(operation -> operation.matches(call(method, path)))
                .containsExactly(expected);
        assertThat(expected.text()).isEqualTo(name);
    }

    @Test
    void counts_out_of_range_are_refused() {
        assertThatThrownBy(() -> rule(null, -1, 1, FIRST)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rule(null, 0, 0, FIRST)).isInstanceOf(IllegalArgumentException.class);
    }

    private static FaultPlan plan(FaultRule... rules) {
        return new FaultPlan(List.of(rules));
    }

    private static FaultRule rule(Operation operation, int after, int times, Fault fault) {
        return new FaultRule(operation, null, null, null, after, times, fault);
    }

    private static Call call(String method, String path) {
        return new Call(method, path, "", null);
    }
}
