package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares the answers of a running server with its openapi.yaml. Each answer has to be described, and each described answer has to
 * be seen. The last test checks what the others have seen, so all tests have to run together.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenApiIT {
    /** Described answers that this test can't cause, with the reason. */
    private static final Map<String, String> NOT_SEEN = Map.ofEntries(
            Map.entry("PUT /template-files/{consumer}/{hash} 413", "needs more than 1 GiB"),
            Map.entry("GET /readyz 503", "needs a database that has stopped answering"),
            Map.entry("POST /sandboxes 500", "needs a backend that fails without saying whether it has made something"),
            Map.entry("POST /v2/sandboxes 500", "like POST /sandboxes 500"),
            Map.entry("POST /sandboxes 502", "needs a cloud that refuses a key; E2bFaultIT and CanaryIT have one"),
            Map.entry("POST /v2/sandboxes 502", "like POST /sandboxes 502"),
            Map.entry(
                    "PUT /api/v1/consumers/{consumer}/limits 409",
                    "needs a limit that config.yaml sets; ConsumersContract has one"),
            Map.entry("POST /sandboxes/{sandboxID}/connect 409", "needs five lost races in a row"),
            Map.entry("POST /v2/sandboxes/{sandboxID}/connect 409", "like POST /sandboxes/{sandboxID}/connect 409"),
            Map.entry("GET /api/v1/consumer 403", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("GET /api/v1/consumer 404", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry(
                    "GET /api/v1/profiles/{profile}/route 403", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("GET /api/v1/profiles/{profile}/estimate 403", "like GET /api/v1/profiles/{profile}/route 403"),
            Map.entry("POST /sandboxes 403", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("POST /sandboxes 429", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry(
                    "POST /sandboxes/{sandboxID}/connect 429", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("POST /sandboxes/{sandboxID}/resume 429", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("POST /v2/sandboxes 403", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry("POST /v2/sandboxes 429", "needs a consumer with limits; e2b.QuotaTest has them"),
            Map.entry(
                    "POST /v2/sandboxes/{sandboxID}/connect 429",
                    "needs a consumer with limits; e2b.QuotaTest has them"));

    /** A GET that answers 201. */
    private static final String FILES = "GET /templates/{templateID}/files/{hash}";

    /** Valid bodies of the operations for which <code>{}</code> is not valid. */
    private static final Map<String, String> GOOD_BODIES = Map.of(
            "POST /sandboxes", "{\"templateID\":\"base\"}",
            "POST /v2/sandboxes", "{\"templateID\":\"base\"}",
            "POST /v3/templates", "{\"name\":\"other\"}",
            "POST /templates/tags", "{\"target\":\"gone\",\"tags\":[\"a\"]}",
            "DELETE /templates/tags", "{\"name\":\"gone\",\"tags\":[\"a\"]}",
            "POST /api/v1/consumers/{consumer}/grants", "{\"id\":\"g\",\"amount\":1}",
            "PUT /api/v1/consumers/{consumer}/credit-terms", "{\"limit\":0}",
            "POST /sandboxes/{sandboxID}/timeout", "{\"timeout\":60}");

    /** A minute of the profile base costs 0.00235. */
    private static final String RATES = """
            rates:
              here-1:
                extension: ext.local
                from: 2026-01-01
                cpuSecond: 0.00002
                memoryGiBSecond: 0.000005
                creation: 0.001
            """;

    @RegisterExtension
    static final LiveServer server = new LiveServer().pricing(RATES);

    private static Api api;
    private static String key;
    private static ControlPlaneTour tour;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        api = new Api(server.url());
        key = server.key();
        tour = new ControlPlaneTour(api, key);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Call call(String operation) {
        return api.call(operation, key);
    }

    private static List<String> operations() {
        return List.copyOf(api.description().operations());
    }

    @Test
    void operator_routes_answer_as_described() {
        tour.operators();
    }

    @Test
    void our_own_routes_answer_as_described() {
        tour.ownRoutes();
    }

    @Test
    void credits_and_refusals_for_cost_are_as_described() {
        tour.credits();
    }

    @Test
    void sandboxes_are_created_listed_and_shown_as_described() {
        tour.sandboxes();
    }

    @Test
    void pausing_resuming_and_ending_are_as_described() {
        tour.life();
    }

    @Test
    void telemetry_is_as_described() {
        tour.telemetry();
    }

    @Test
    void snapshots_and_templates_are_as_described() {
        tour.snapshots();
    }

    @Test
    void builds_of_templates_are_as_described() {
        new TemplateTour(api, key).run();
    }

    @Test
    void files_and_health_of_a_sandbox_are_as_described() {
        new DataPlaneTour(api, key).run();
    }

    @Test
    void a_missing_key_is_refused_everywhere_as_described() {
        for (String operation : operations()) {
            if (api.description().needsOperator(operation)) {
                api.call(operation).at("x").expect(401);
                api.call(operation).at("x").key(key).expect(401);
            } else if (api.description().needsKey(operation)) {
                api.call(operation).at("x", "x").expect(401);
                api.call(operation).at("x", "x").key("e2b_" + "0".repeat(40)).expect(401);
            }
        }
    }

    @Test
    void an_invalid_path_variable_is_refused_everywhere_as_described() {
        for (String operation : operations()) {
            var path = operation.substring(operation.indexOf(' ') + 1);
            if (path.contains("{")) {
                var answer = api.sendAsIs(operation, path.replaceAll("\\{[^}]*}", "%zz"), "X-API-Key: " + key);
                assertThat(answer.status()).as(operation).isEqualTo(400);
            }
            if (path.contains("{sandboxID}")) {
                withBody(operation).at("nosuchsandbox").expect(404);
                withBody(operation).at("a-b-c").expect(path.startsWith("/api/") ? 404 : 400);
            }
        }
    }

    private static Call withBody(String operation) {
        var call = call(operation);
        return api.description().body(operation).isEmpty() ? call : call.json(body(operation));
    }

    private static String body(String operation) {
        return GOOD_BODIES.getOrDefault(operation, "{}");
    }

    @Test
    void a_body_that_is_not_as_described_is_refused() {
        var id = tour.create("");
        for (String operation : operations()) {
            var schema = api.description().body(operation);
            if (schema.isPresent()) {
                var good = (ObjectNode) JsonMapper.shared().readTree(body(operation));
                var bodies = new ArrayList<>(new WrongBodies(api.description(), good).of(schema.get()));
                assertThat(bodies).as(operation).isNotEmpty();
                bodies.addAll(List.of("[]", "null", "1", "\"x\"", "{", "x", "{}{}", "[".repeat(100)));
                for (String body : bodies) {
                    call(operation).at(id, id).json(body).expect(400);
                }
                call(operation)
                        .at(id, id)
                        .body("application/json", Call.zeros((8 << 20) + 1))
                        .expect(413);
            }
        }
    }

    @Test
    void head_answers_like_get_without_the_body() {
        var id = tour.create("");
        var template = call("POST /v3/templates")
                .json("{\"name\":\"head\"}")
                .expect(202)
                .json();
        for (String operation : operations()) {
            if (operation.startsWith("GET ")
                    && !Set.of("GET /health", "GET /envs", "GET /files", FILES).contains(operation)) {
                var name = operation.contains("{consumer}")
                        ? "local"
                        : operation.contains("{profile}") || operation.contains("{alias}") ? "base" : id;
                var call = operation.contains("{templateID}")
                        ? call(operation)
                                .at(
                                        template.path("templateID").asString(),
                                        template.path("buildID").asString())
                        : call(operation).at(name).query("sandbox_ids", id);
                var head = call.head();
                var got = call.expect(200);
                assertThat(head.status()).as(operation).isEqualTo(200);
                assertThat(head.body()).as(operation).isEmpty();
                assertThat(head.headers().keySet())
                        .as(operation)
                        .isEqualTo(got.headers().keySet());
                assertThat(head.headers().get("content-type"))
                        .isEqualTo(got.headers().get("content-type"));
            }
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everything_described_has_been_seen() {
        var described = new TreeSet<String>();
        for (String operation : operations()) {
            api.description().statuses(operation).forEach(status -> described.add(operation + " " + status));
        }
        assertThat(NOT_SEEN.keySet())
                .as("no longer described, or seen after all")
                .isSubsetOf(described);
        assertThat(NOT_SEEN.keySet()).doesNotContainAnyElementsOf(api.seen());
        described.removeAll(NOT_SEEN.keySet());
        assertThat(api.seen()).containsExactlyInAnyOrderElementsOf(described);
    }
}
