package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;

/** Valid and invalid calls of the API for building templates. */
final class TemplateTour {
    private static final String BUILD = "/v2/templates/{templateID}/builds/{buildID}";
    private static final String STATUS = "/templates/{templateID}/builds/{buildID}/status";
    private static final String HASH = "0123456789abcdef";

    private final Api api;
    private final String key;

    TemplateTour(Api api, String key) {
        this.api = api;
        this.key = key;
    }

    private Call call(String operation) {
        return api.call(operation, key);
    }

    void run() {
        var asked = call("POST /v3/templates")
                .json("{\"name\":\"tour\",\"tags\":[\"v1\"],\"cpuCount\":1,\"memoryMB\":512}")
                .expect(202)
                .json();
        var template = asked.path("templateID").asString();
        var build = asked.path("buildID").asString();
        files(template);
        var copy = "{\"steps\":[{\"type\":\"COPY\",\"args\":[\"a\",\"/a\"],\"filesHash\":\"%s\"}]}";
        call("POST " + BUILD)
                .at(template, build)
                .json(copy.formatted("nothing-sent"))
                .expect(400);
        call("POST " + BUILD).at(template, "b0").json("{}").expect(404);
        call("POST " + BUILD)
                .at(template, build)
                .json("{\"steps\":[{\"type\":\"RUN\",\"args\":[\"echo built\"]}],\"readyCmd\":\"true\"}")
                .expect(202);
        await().atMost(Duration.ofMinutes(5))
                .until(() -> status(template, build).equals("ready"));
        call("POST " + BUILD).at(template, build).json("{}").expect(409);
        call("GET " + STATUS).at(template, build).query("logsOffset", "-1").expect(400);
        call("GET " + STATUS).at(template, "b0").expect(404);
        failed();
        tags(template);
        call("GET /templates").expect(200);
        call("DELETE /templates/{templateID}").at("tour").expect(204);
    }

    private String status(String template, String build) {
        return call("GET " + STATUS)
                .at(template, build)
                .query("logsOffset", "0")
                .query("limit", "10")
                .expect(200)
                .json()
                .path("status")
                .asString();
    }

    private void files(String template) {
        var link = call("GET /templates/{templateID}/files/{hash}")
                .at(template, HASH)
                .expect(201)
                .json();
        assertThat(link.path("present").asBoolean()).isFalse();
        var query = URI.create(link.path("url").asString()).getQuery().split("[=&]");
        var put = "PUT /template-files/{consumer}/{hash}";
        api.call(put)
                .at("local", HASH)
                .query(query[0], query[1])
                .query(query[2], query[3])
                .body("application/octet-stream", new byte[10])
                .expect(200);
        api.call(put)
                .at("local", HASH)
                .body("application/octet-stream", new byte[10])
                .expect(401);
        call("GET /templates/{templateID}/files/{hash}").at("gone", HASH).expect(404);
    }

    /** A failed build reports the reason. */
    private void failed() {
        var asked = call("POST /v3/templates")
                .json("{\"name\":\"tour-fails\"}")
                .expect(202)
                .json();
        var template = asked.path("templateID").asString();
        var build = asked.path("buildID").asString();
        call("POST " + BUILD)
                .at(template, build)
                .json("{\"fromTemplate\":\"base\",\"steps\":[{\"type\":\"RUN\",\"args\":[\"exit 3\"]}]}")
                .expect(202);
        await().atMost(Duration.ofMinutes(5))
                .until(() -> status(template, build).equals("error"));
        call("DELETE /templates/{templateID}").at(template).expect(204);
    }

    private void tags(String template) {
        call("POST /templates/tags")
                .json("{\"target\":\"tour:v1\",\"tags\":[\"v2\"]}")
                .expect(201);
        call("POST /templates/tags")
                .json("{\"target\":\"gone\",\"tags\":[\"v2\"]}")
                .expect(404);
        assertThat(call("GET /templates/{templateID}/tags")
                        .at(template)
                        .expect(200)
                        .json())
                .hasSize(3);
        call("GET /templates/{templateID}/tags").at("gone").expect(404);
        call("DELETE /templates/tags")
                .json("{\"name\":\"tour\",\"tags\":[\"v2\"]}")
                .expect(204);
        call("DELETE /templates/tags")
                .json("{\"name\":\"gone\",\"tags\":[\"v2\"]}")
                .expect(404);
    }
}
