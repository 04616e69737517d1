package dev.sandboxer.fakecloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultPlanReaderTest {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    @TempDir
    Path dir;

    @Test
    void every_fault_can_be_written_down() throws IOException {
        var plan = read("""
                faults:
                  - {operation: create, status: 429, retryAfter: 89500ms, message: 'say "no"', errorCode: x}
                  - {operation: create, status: 503, body: upstream, headers: {Server: proxy}}
                  - {operation: create, applyThen: 504}
                  - {operation: create, hang: 3s}
                  - {operation: create, hang: forever}
                  - {operation: download, cutAfterBytes: 64KiB}
                  - {operation: upload, cutRequestAfterBytes: 1000}
                  - {operation: kill, loseResponse: true}
                  - {operation: exec, expire: true}
                  - {operation: list, empty: true}
                  - {operation: exec, slow: 20ms}
                """);

        assertThat(plan.rules())
                .extracting(FaultRule::fault)
                .containsExactly(
                        new Fault.Answer(
                                429,
                                Map.of("Content-Type", "application/json", "Retry-After", "90"),
                                "{\"code\":429,\"message\":\"say \\u0022no\\u0022\",\"error_code\":\"x\"}"),
                        new Fault.Answer(503, Map.of("Server", "proxy"), "upstream"),
                        new Fault.ApplyThen(new Fault.Answer(504, JSON, "{\"code\":504,\"message\":\"rehearsed\"}")),
                        new Fault.Hang(Duration.ofSeconds(3)),
                        new Fault.Hang(null),
                        new Fault.CutAnswer(65_536),
                        new Fault.CutRequest(1000),
                        new Fault.LoseAnswer(),
                        new Fault.Expire(),
                        new Fault.Answer(200, JSON, "[]"),
                        new Fault.Slow(Duration.ofMillis(20)));
    }

    @Test
    void a_rule_has_its_matches_and_counts() throws IOException {
        var rules = read("""
                faults:
                  - {operation: kill, after: 2, times: 3, loseResponse: true}
                  - {method: GET, path: /files, query: 'path=a', cutAfterBytes: 0}
                """).rules();

        assertThat(rules.getFirst())
                .isEqualTo(new FaultRule(Operation.KILL, null, null, null, 2, 3, new Fault.LoseAnswer()));
        assertThat(rules.getLast().method()).isEqualTo("GET");
        assertThat(String.valueOf(rules.getLast().path())).isEqualTo("/files");
        assertThat(String.valueOf(rules.getLast().query())).isEqualTo("path=a");
        assertThat(rules.getLast().after()).isZero();
        assertThat(rules.getLast().times()).as("without a number, always").isEqualTo(FaultRule.ALWAYS);
    }

    @Test
    void a_plan_for_grpc_names_calls_and_statuses() throws IOException {
        var plan = readCalls("""
                tokenLifetime: 5s
                faults:
                  - {call: 'Create(V2)?', times: 1, status: RESOURCE_EXHAUSTED, retryAfter: 1500ms, message: later}
                  - {call: Create, applyThen: INTERNAL}
                  - {call: Exec, empty: true}
                  - {call: Build, failBuild: no space left}
                """);

        assertThat(plan.tokenLifetime()).isEqualTo(Duration.ofSeconds(5));
        assertThat(plan.rules())
                .extracting(FaultRule::fault)
                .containsExactly(
                        new Fault.Answer(8, Map.of("Retry-After", "1.500"), "later"),
                        new Fault.ApplyThen(new Fault.Answer(13, Map.of(), "rehearsed")),
                        new Fault.Empty(),
                        new Fault.FailBuild("no space left"));
        assertThat(plan.rules().getFirst().matches(new Call("POST", "/modal.client.ModalClient/CreateV2", "", null)))
                .isTrue();
        assertThat(plan.rules().get(1).matches(new Call("POST", "/modal.client.ModalClient/CreateV2", "", null)))
                .isFalse();
    }

    @Test
    void a_plan_for_grpc_refuses_http_keys_and_statuses() {
        assertThat(problemsOfCalls("""
                faults:
                  - {operation: create, status: UNAVAILABLE}
                  - {call: Creat, status: UNAVAILABLE}
                  - {call: Create, status: 503}
                  - {call: Create, status: OK}
                """))
                .contains("faults[0].operation")
                .contains("faults[1].call: matches no call; use a name such as Create")
                .contains("faults[2].status: is not a gRPC error status such as UNAVAILABLE")
                .contains("faults[3].status");
    }

    private FaultPlan readCalls(String text) throws IOException {
        var file = Files.writeString(dir.resolve("plan.yaml"), text);
        return FaultPlanReader.read(file, List.of("Create", "CreateV2", "Exec", "Build"));
    }

    private String problemsOfCalls(String text) {
        var failure = catchThrowableOfType(SandboxException.class, () -> readCalls(text));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
        return String.valueOf(failure.getMessage());
    }

    @Test
    void an_empty_plan_is_valid() throws IOException {
        assertThat(read("")).isEqualTo(FaultPlan.NONE);
        assertThat(read("# later\n")).isEqualTo(FaultPlan.NONE);
        assertThat(read("faults: []\n")).isEqualTo(FaultPlan.NONE);
    }

    @Test
    void all_problems_are_reported_with_their_places() {
        assertThat(problems("""
                faults:
                  - operation: creat
                    status: 700
                  - method: get
                    path: "("
                    after: -1
                    times: 0
                    loseResponse: no
                  - operation: list
                    expire: true
                  - operation: exec
                    slow: 0s
                    message: hm
                  - operation: create
                  - {status: 500, hang: 1s}
                  - {status: 500, statu: 1}
                  - {status: 500, body: x, message: y}
                  - {status: 500, headers: {"A B": x, C: "\\n"}}
                  - just words
                """))
                .contains(
                        "plan.yaml:2:16 faults[0].operation: is not an operation; choose one of create, list,",
                        "plan.yaml:3:13 faults[0].status: is not a status from 200 to 599",
                        "plan.yaml:4:13 faults[1].method: is not a method such as GET",
                        "plan.yaml:5:11 faults[1].path: is not a regular expression:",
                        "plan.yaml:6:12 faults[1].after: is not a whole number of at least 0",
                        "plan.yaml:7:12 faults[1].times: is not a whole number of at least 1",
                        "plan.yaml:8:19 faults[1].loseResponse: must be true, or left out",
                        "plan.yaml:10:13 faults[2].expire: list is not about a sandbox",
                        "plan.yaml:12:11 faults[3].slow: must be above 0",
                        "plan.yaml:13:14 faults[3].message: is allowed only beside status or applyThen",
                        "plan.yaml:14:5 faults[4]: has no fault; a rule needs one of status,",
                        "plan.yaml:15:5 faults[5]: has several faults: status, hang;",
                        "faults[6].statu: is not a known key; did you mean status?",
                        "faults[7].body: can't be combined with message or errorCode",
                        "faults[8].headers.A B: is not a header name",
                        "faults[8].headers.C: must be printable ASCII",
                        "faults[9]: is one value; expected keys with values");
        assertThat(problems("faults: 7")).contains("faults: must be a list of rules");
        assertThat(problems("rules: []")).contains("rules: is not a known key").contains("faults: is missing");
        assertThat(problems("faults: [")).contains("plan.yaml:").contains("is not YAML");
    }

    @Test
    void a_missing_file_is_not_an_empty_plan() {
        var failure = catchThrowableOfType(SandboxException.class, () -> FaultPlanReader.read(dir.resolve("nowhere")));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(failure).hasMessageContaining("there is no such file");
    }

    private FaultPlan read(String text) throws IOException {
        return FaultPlanReader.read(Files.writeString(dir.resolve("plan.yaml"), text));
    }

    private String problems(String text) {
        var failure = catchThrowableOfType(SandboxException.class, () -> read(text));
        assertThat(failure).as(text).isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
        return failure.getMessage();
    }
}
