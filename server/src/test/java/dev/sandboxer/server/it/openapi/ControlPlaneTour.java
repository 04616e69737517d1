package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Valid and invalid calls of the control plane. */
final class ControlPlaneTour {
    private final Api api;
    private final String key;

    ControlPlaneTour(Api api, String key) {
        this.api = api;
        this.key = key;
    }

    private Call call(String operation) {
        return api.call(operation, key);
    }

    /** Creates a sandbox and returns its id. */
    String create(String fields) {
        var made = call("POST /v2/sandboxes")
                .json("{\"templateID\":\"base\"" + fields + "}")
                .expect(201);
        return made.json().path("sandboxID").asString();
    }

    void operators() {
        for (String path : List.of("/healthz", "/readyz", "/metrics", "/openapi.yaml")) {
            call("GET " + path).expect(200);
        }
    }

    void ownRoutes() {
        call("GET /api/v1/profiles").expect(200);
        call("GET /api/v1/extensions").expect(200);
        call("GET /api/v1/capabilities").expect(200);
        for (String profile : List.of("base", "profile.nowhere")) {
            call("GET /api/v1/profiles/{profile}/route").at(profile).expect(200);
        }
        call("GET /api/v1/profiles/{profile}/route").at("bsae").expect(404);
        call("GET /api/v1/consumers").expect(200);
        for (String limits : List.of("{\"maxLive\":100,\"profiles\":[]}", "{}")) {
            call("PUT /api/v1/consumers/{consumer}/limits")
                    .at("local")
                    .json(limits)
                    .expect(200);
        }
        call("PUT /api/v1/consumers/{consumer}/limits").at("nobody").json("{}").expect(404);
        call("GET /api/v1/consumers/{consumer}").at("local").expect(200);
        call("GET /api/v1/consumers/{consumer}").at("nobody").expect(404);
        var id = create(",\"metadata\":{\"a\":\"b\"}");
        call("GET /api/v1/sandboxes/{sandboxID}").at(id).expect(200);
        call("DELETE /sandboxes/{sandboxID}").at(id).expect(204);
        var ended = call("GET /api/v1/sandboxes/{sandboxID}").at(id).expect(200).json();
        assertThat(ended.path("reason").asString()).isEqualTo("killed");
    }

    void credits() {
        var consumer = "/api/v1/consumers/{consumer}";
        call("GET /api/v1/credits").expect(200);
        for (String whose : List.of("/credits", "/grants")) {
            call("GET " + consumer + whose).at("local").expect(200);
            call("GET " + consumer + whose).at("nobody").expect(404);
        }
        var grant = "{\"id\":\"g1\",\"amount\":0.5,\"free\":true,\"priority\":1,"
                + "\"expiresAt\":\"2096-01-01T00:00:00Z\",\"note\":\"n\"}";
        for (int i = 0; i < 2; i++) {
            var balance = call("POST " + consumer + "/grants")
                    .at("local")
                    .json(grant)
                    .expect(200)
                    .json();
            assertThat(balance.path("granted").decimalValue()).isEqualByComparingTo("0.5");
        }
        call("GET " + consumer + "/grants").at("local").expect(200);
        call("POST " + consumer + "/grants")
                .at("local")
                .json("{\"id\":\"g1\",\"amount\":0.7}")
                .expect(409);
        call("POST " + consumer + "/grants").at("nobody").json(grant).expect(404);
        var terms = call("PUT " + consumer + "/credit-terms");
        terms.at("local")
                .json("{\"unlimited\":true,\"warnBelow\":1.5,\"budget\":\"100/month\"}")
                .expect(200);
        call("GET /api/v1/credits").expect(200);
        call("PUT " + consumer + "/credit-terms")
                .at("local")
                .json("{\"unlimited\":true}")
                .expect(200);
        call("PUT " + consumer + "/credit-terms")
                .at("nobody")
                .json("{\"limit\":0}")
                .expect(404);
        usage();
        estimates();
        unpaid();
    }

    private void usage() {
        var own = call("GET /api/v1/usage").query("by", "extension").expect(200).json();
        assertThat(own.path("total").path("complete").asBoolean()).isTrue();
        call("GET /api/v1/usage").query("from", "24h").expect(200);
        call("GET /api/v1/usage").query("from", "soon").expect(400);
        call("GET /api/v1/usage").query("by", "mood").expect(400);
        var others = "GET /api/v1/consumers/{consumer}/usage";
        call(others).at("local").query("by", "day").expect(200);
        call(others).at("local").query("to", "2020-01-01").expect(400);
        call(others).at("nobody").expect(404);
    }

    private void estimates() {
        var estimate = "GET /api/v1/profiles/{profile}/estimate";
        var hour = call(estimate).at("base").query("ttl", "1h").expect(200).json();
        assertThat(hour.path("candidates").path(0).path("cost").decimalValue()).isEqualByComparingTo("0.082");
        call(estimate).at("base").expect(200);
        call(estimate).at("base").query("ttl", "soon").expect(400);
        call(estimate).at("bsae").expect(404);
    }

    /** Sends requests whose cost exceeds the allowed cost. A minute costs 0.00235. */
    private void unpaid() {
        var body = "{\"templateID\":\"base\",\"timeout\":600}";
        for (String create : List.of("POST /sandboxes", "POST /v2/sandboxes")) {
            call(create).header("X-Sandboxer-Max-Cost", "0.002").json(body).expect(402);
            call(create).header("X-Sandboxer-Max-Cost", "a lot").json(body).expect(400);
        }
        var id = call("POST /v2/sandboxes")
                .header("X-Sandboxer-Max-Cost", "0.003")
                .json(body)
                .expect(201)
                .json()
                .path("sandboxID")
                .asString();
        assertThat(call("GET /api/v1/sandboxes/{sandboxID}")
                        .at(id)
                        .expect(200)
                        .json()
                        .path("charges")
                        .path("maxCost")
                        .decimalValue())
                .isEqualByComparingTo("0.003");
        var sandbox = "/sandboxes/{sandboxID}";
        // the deadline was extended by the time that the start took
        var connections = List.of("POST " + sandbox + "/connect", "POST /v2" + sandbox + "/connect");
        for (String connect : connections) {
            call(connect).at(id).json("{\"timeout\":1800}").expect(200);
        }
        call("POST " + sandbox + "/timeout").at(id).json("{\"timeout\":1800}").expect(402);
        call("POST " + sandbox + "/refreshes")
                .at(id)
                .json("{\"duration\":1800}")
                .expect(402);
        call("POST " + sandbox + "/pause").at(id).expect(204);
        call("POST " + sandbox + "/resume").at(id).json("{\"timeout\":1800}").expect(402);
        for (String connect : connections) {
            call(connect).at(id).json("{\"timeout\":1800}").expect(402);
        }
        call("DELETE " + sandbox).at(id).expect(204);
    }

    void sandboxes() {
        var all = "{\"templateID\":\"base\",\"timeout\":600,\"autoPause\":true,\"autoPauseMemory\":true,"
                + "\"autoResume\":{\"enabled\":true},\"secure\":true,\"allow_internet_access\":false,"
                + "\"network\":{\"denyOut\":[\"0.0.0.0/0\"],\"allowPublicTraffic\":false,\"maskRequestHost\":\"localhost\"},"
                + "\"metadata\":{\"a\":\"b\"},\"envVars\":{\"A\":\"b\"}}";
        var id = call("POST /sandboxes")
                .json(all)
                .expect(201)
                .json()
                .path("sandboxID")
                .asString();
        create("");
        call("GET /sandboxes/{sandboxID}").at(id).expect(200);
        for (String list : List.of("GET /sandboxes", "GET /v2/sandboxes")) {
            assertThat(call(list).query("metadata", "a=b").expect(200).json()).hasSize(1);
            call(list).query("template", "base").query("order", "asc").expect(200);
            call(list).query("metadata", "nothing").expect(400);
            call(list).query("order", "sideways").expect(400);
            call(list).query("startedAfter", "yesterday").expect(400);
            assertThat(call(list).query("template", "nothing").expect(200).json())
                    .isEmpty();
        }
        assertThat(call("GET /v2/sandboxes")
                        .query("metadata", "a=b")
                        .query("limit", "1")
                        .expect(200)
                        .headers()
                        .get("x-total-running"))
                .isEqualTo("1");
        var page = call("GET /v2/sandboxes")
                .query("limit", "1")
                .query("state", "running,paused")
                .expect(200);
        var next = page.headers().get("x-next-token");
        call("GET /v2/sandboxes").query("limit", "1").query("nextToken", next).expect(200);
        for (var wrong :
                Map.of("limit", "0", "nextToken", "x", "state", "asleep").entrySet()) {
            call("GET /v2/sandboxes").query(wrong.getKey(), wrong.getValue()).expect(400);
        }
        for (String create : List.of("POST /sandboxes", "POST /v2/sandboxes")) {
            call(create).json("{\"templateID\":\"nothing\"}").expect(404);
            call(create).json("{\"templateID\":\"nowhere\"}").expect(503);
            for (String refused : List.of("\"timeout\":0", "\"timeout\":9999999", "\"iam\":{\"role\":\"x\"}")) {
                call(create).json("{\"templateID\":\"base\"," + refused + "}").expect(400);
            }
        }
    }

    void life() {
        var id = create("");
        var sandbox = "/sandboxes/{sandboxID}";
        call("POST " + sandbox + "/timeout").at(id).json("{\"timeout\":600}").expect(204);
        call("POST " + sandbox + "/refreshes").at(id).json("{\"duration\":900}").expect(204);
        call("POST " + sandbox + "/refreshes").at(id).json("{\"duration\":-1}").expect(400);
        call("PUT " + sandbox + "/network")
                .at(id)
                .json("{\"denyOut\":[\"0.0.0.0/0\"]}")
                .expect(204);
        call("PUT " + sandbox + "/network")
                .at(id)
                .json("{\"denyOut\":[\"10.0.0.0/8\"]}")
                .expect(204);
        call("PUT " + sandbox + "/network")
                .at(id)
                .json("{\"allowPublicTraffic\":true}")
                .expect(204);
        for (String fixed :
                List.of("\"allowPublicTraffic\":false", "\"maskRequestHost\":\"h\"", "\"httpsPorts\":[1]")) {
            call("PUT " + sandbox + "/network").at(id).json("{" + fixed + "}").expect(400);
        }
        call("POST " + sandbox + "/resume").at(id).json("{\"timeout\":600}").expect(409);
        call("POST " + sandbox + "/connect").at(id).json("{\"timeout\":700}").expect(200);
        call("POST /v2" + sandbox + "/connect").at(id).expect(200);

        call("POST " + sandbox + "/pause").at(id).expect(204);
        call("POST " + sandbox + "/pause").at(id).expect(409);
        call("POST " + sandbox + "/timeout").at(id).json("{\"timeout\":60}").expect(409);
        call("POST " + sandbox + "/refreshes").at(id).json("{\"duration\":60}").expect(409);
        call("PUT " + sandbox + "/network").at(id).json("{}").expect(409);
        call("GET " + sandbox).at(id).expect(200);
        for (String refused : List.of("\"autoPause\":true", "\"memory\":false")) {
            call("POST " + sandbox + "/resume").at(id).json("{" + refused + "}").expect(400);
        }
        call("POST " + sandbox + "/resume")
                .at(id)
                .json("{\"timeout\":600,\"autoPause\":false}")
                .expect(201);
        call("POST " + sandbox + "/pause").at(id).json("{\"memory\":true}").expect(204);
        call("POST " + sandbox + "/connect").at(id).json("{\"timeout\":600}").expect(201);
        call("POST " + sandbox + "/pause").at(id).expect(204);
        call("POST /v2" + sandbox + "/connect").at(id).json("{\"timeout\":600}").expect(201);
    }

    void telemetry() {
        var id = create("");
        var metrics = call("GET /sandboxes/{sandboxID}/metrics").at(id);
        // the server takes a sample every five seconds
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !metrics.expect(200).json().isEmpty());
        assertThat(call("GET /sandboxes/metrics")
                        .query("sandbox_ids", id)
                        .expect(200)
                        .json()
                        .path("sandboxes"))
                .hasSize(1);
        call("GET /sandboxes/metrics").expect(400);
        call("GET /sandboxes/{sandboxID}/metrics").at(id).query("start", "now").expect(400);
        for (String logs : List.of("GET /sandboxes/{sandboxID}/logs", "GET /v2/sandboxes/{sandboxID}/logs")) {
            assertThat(call(logs).at(id).query("limit", "10").expect(200).json().path("logs"))
                    .isNotEmpty();
            call(logs).at(id).query("limit", "some").expect(400);
        }
    }

    void snapshots() {
        var id = create("");
        var snapshots = "POST /sandboxes/{sandboxID}/snapshots";
        var kept =
                call(snapshots).at(id).json("{\"name\":\"first\"}").expect(201).json();
        call(snapshots).at(id).expect(201);
        call(snapshots).at(id).json("{\"name\":\"/\"}").expect(400);
        assertThat(call("POST /sandboxes/{sandboxID}/fork")
                        .at(id)
                        .json("{\"count\":2,\"timeout\":60}")
                        .expect(201)
                        .json())
                .hasSize(2)
                .allMatch(fork -> fork.has("sandbox"));
        call("POST /sandboxes/{sandboxID}/fork").at(id).json("{\"count\":101}").expect(400);

        assertThat(call("GET /snapshots")
                        .query("sandboxID", id)
                        .query("limit", "1")
                        .expect(200)
                        .headers())
                .containsKey("x-next-token");
        call("GET /snapshots").query("name", "first").expect(200);
        call("GET /snapshots").query("limit", "101").expect(400);
        call("GET /templates").expect(200);
        for (String alias : List.of("base", "first")) {
            call("GET /templates/aliases/{alias}").at(alias).expect(200);
        }
        call("GET /templates/aliases/{alias}").at("nothing").expect(404);
        var snapshot = kept.path("snapshotID").asString();
        call("DELETE /templates/{templateID}").at(snapshot).expect(204);
        call("DELETE /templates/{templateID}").at(snapshot).expect(404);
    }
}
