package dev.sandboxer.server.it.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** Causes each described answer of a sandbox's /health, /envs and /files. */
final class DataPlaneTour {
    private static final String BYTES = "application/octet-stream";
    private static final String GET = "GET /files";
    private static final String POST = "POST /files";

    private final Api api;
    private final String id;
    private final String token;
    private final String key;

    DataPlaneTour(Api api, String key) {
        this.api = api;
        this.key = key;
        var made = api.call("POST /v2/sandboxes")
                .key(key)
                .json("{\"templateID\":\"small\"}")
                .expect(201)
                .json();
        this.id = made.path("sandboxID").asString();
        this.token = made.path("envdAccessToken").asString();
    }

    void run() {
        api.call("GET /health").header("E2b-Sandbox-Id", id).expect(204);
        assertThat(api.call("GET /health").header("E2b-Sandbox-Id", id).head().status())
                .isEqualTo(204);
        api.call("GET /health").header("E2b-Sandbox-Id", "a-b-c").expect(400);
        variables().header("X-Access-Token", token).expect(200);
        variables().expect(401);
        api.call("GET /envs").header("E2b-Sandbox-Id", "a-b-c").expect(400);
        uploads();
        downloads();
        signatures();
        refusals();
        api.call("DELETE /sandboxes/{sandboxID}").key(key).at(id).expect(204);
        api.call("GET /health").header("E2b-Sandbox-Id", id).expect(502);
        variables().header("X-Access-Token", token).expect(502);
        file(GET, "note").expect(502);
        file(POST, "note").body(BYTES, new byte[1]).expect(502);
    }

    private Call variables() {
        return api.call("GET /envs").header("E2b-Sandbox-Id", id);
    }

    private Call file(String operation, String path) {
        return api.call(operation)
                .header("E2b-Sandbox-Id", id)
                .header("X-Access-Token", token)
                .query("path", path);
    }

    private void uploads() {
        var written = file(POST, "dir/note")
                .header("X-Metadata-Colour", "blue")
                .body(BYTES, "0123456789".getBytes(UTF_8))
                .expect(200)
                .json();
        assertThat(written.at("/0/metadata/colour").asString()).isEqualTo("blue");
        var form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a/one\"\r\n\r\n1\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"two.txt\"\r\n\r\n2\r\n--b--\r\n";
        assertThat(api.call(POST)
                        .header("E2b-Sandbox-Id", id)
                        .header("X-Access-Token", token)
                        .body("multipart/form-data; boundary=b", form.getBytes(UTF_8))
                        .expect(200)
                        .json())
                .hasSize(2);
        file(POST, "").body(BYTES, new byte[1]).expect(400);
        file(POST, "note").body("text/plain", new byte[1]).expect(400);
        file(POST, "note")
                .body("multipart/form-data; boundary=b", "--b--\r\n".getBytes(UTF_8))
                .expect(400);
        file(POST, "note")
                .header("Content-Encoding", "gzip")
                .body(BYTES, new byte[9])
                .expect(400);
        file(POST, "dir").body(BYTES, new byte[1]).expect(400);
        file(POST, "note")
                .query("username", "nobody-here")
                .body(BYTES, new byte[1])
                .expect(401);
        file(POST, "/dev/note").body(BYTES, new byte[1]).expect(403);
        file(POST, "/proc/note").body(BYTES, new byte[1]).expect(404);
        file(POST, "large").body(BYTES, Call.zeros(80L << 20)).expect(507);
    }

    private void downloads() {
        assertThat(file(GET, "dir/note").expect(200).text()).isEqualTo("0123456789");
        var packed = file(GET, "dir/note").header("Accept-Encoding", "gzip").expect(200);
        assertThat(packed.headers()).containsEntry("content-encoding", "gzip");
        var part = file(GET, "two.txt").header("Range", "bytes=0-0").expect(206);
        assertThat(part.text()).isEqualTo("2");
        assertThat(file(GET, "dir/note").header("Range", "bytes=-3").expect(206).text())
                .isEqualTo("789");
        file(GET, "dir/note").header("Range", "bytes=10-").expect(416);
        var head = file(GET, "dir/note").head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.headers()).containsEntry("content-length", "10").containsKey("last-modified");
        assertThat(head.body()).isEmpty();
        file(GET, "dir").expect(400);
        file(GET, "~somebody").expect(400);
        file(GET, "nothing").expect(404);
        file(GET, "/proc/1/environ").query("username", "user").expect(403);
        file(GET, "dir/note").query("username", "nobody-here").expect(401);
    }

    private void signatures() {
        var read = "v1_" + hash("dir/note:read::" + token);
        api.call(GET).query("path", "dir/note").query("signature", read).expect(200);
        var write = "v1_" + hash("dir/note:write:user:" + token + ":4102444800");
        api.call(POST)
                .query("path", "dir/note")
                .query("username", "user")
                .query("signature", write)
                .query("signature_expiration", "4102444800")
                .body(BYTES, new byte[1])
                .expect(200);
        var old = "v1_" + hash("dir/note:read::" + token + ":1");
        api.call(GET)
                .query("path", "dir/note")
                .query("signature", old)
                .query("signature_expiration", "1")
                .expect(401);
    }

    private void refusals() {
        for (String operation : List.of(GET, POST)) {
            api.call(operation)
                    .header("E2b-Sandbox-Id", id)
                    .query("path", "note")
                    .expect(401);
            api.call(operation).query("path", "note").query("signature", "v1_x").expect(401);
            api.call(operation)
                    .header("E2b-Sandbox-Id", id)
                    .header("E2b-Sandbox-Port", "0")
                    .expect(400);
        }
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
