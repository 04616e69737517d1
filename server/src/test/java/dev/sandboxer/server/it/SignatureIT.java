package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signed file URLs, and attempts to forge them. */
class SignatureIT {
    private static final String PATH = "/tmp/signed";
    private static final long FAR = 4_000_000_000L;

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @BeforeEach
    void put_a_file_there() throws IOException {
        server.sandbox().run("echo secret > " + PATH);
    }

    @AfterEach
    void no_file_was_written() throws IOException {
        assertThat(server.sandbox().run("ls /tmp; cat " + PATH)).isEqualTo("signed\nsecret\n");
    }

    /** Makes a signature as E2B's clients do. */
    private static String signature(String path, String operation, String user, String token, String expiration) {
        try {
            var text = path + ":" + operation + ":" + user + ":" + token + expiration;
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return "v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(String path, String operation, String user) {
        return signature(path, operation, user, server.sandbox().token(), "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static Answer get(String query) throws IOException {
        return server.ask("GET /files?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private static Answer post(String query, String headers) throws IOException {
        return server.ask("POST /files?" + query + " HTTP/1.1\r\n" + (headers.isEmpty() ? "Host: h\r\n" : headers)
                + "Content-Type: application/octet-stream\r\nContent-Length: 4\r\n\r\nevil");
    }

    private static void refused(Answer answer, String because) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"code\":401,\"message\":\"" + because + "\"}");
    }

    @Test
    void a_valid_signature_opens_its_file_without_naming_the_sandbox() throws IOException {
        assertThat(get("path=" + PATH + "&signature=" + encoded(signed(PATH, "read", "")))
                        .body())
                .isEqualTo("secret\n");
        var until = signature(PATH, "read", "root", server.sandbox().token(), ":" + FAR);
        assertThat(get("path=" + PATH + "&username=root&signature_expiration=" + FAR + "&signature=" + encoded(until))
                        .body())
                .isEqualTo("secret\n");
    }

    @Test
    void a_signature_for_reading_does_not_write_and_vice_versa() throws IOException {
        refused(post("path=" + PATH + "&signature=" + encoded(signed(PATH, "read", "")), ""), "invalid signature");
        refused(get("path=" + PATH + "&signature=" + encoded(signed(PATH, "write", ""))), "invalid signature");
    }

    @Test
    void a_signature_for_another_path_user_or_sandbox_is_refused() throws IOException {
        var mine = encoded(signed(PATH, "read", ""));
        for (String other : new String[] {
            "/etc/passwd",
            PATH + "/",
            "//tmp/signed",
            "/tmp/./signed",
            "/tmp/../tmp/signed",
            "%2Ftmp%2Fsigned%20",
            "tmp/signed",
            ""
        }) {
            refused(get("path=" + other + "&signature=" + mine), "invalid signature");
        }
        refused(get("path=" + PATH + "&username=root&signature=" + mine), "invalid signature");
        refused(get("path=" + PATH + "%3Aread%3A&signature=" + mine), "invalid signature");
        var foreign = server.create();
        refused(
                server.ask("GET /files?path=" + PATH + "&signature=" + mine + " HTTP/1.1\r\n" + foreign.address()
                        + "\r\n"),
                "invalid signature");
    }

    @Test
    void colons_that_shift_the_signed_fields_are_refused() throws IOException {
        // the signature is for the path "/tmp/signed" and the user "x:y"; the requests have other fields, which give
        // the same text when joined with colons
        var mine = encoded(signed(PATH, "read", "x:y"));
        refused(get("path=" + PATH + "&username=x&signature_expiration=y&signature=" + mine), "invalid signature");
        refused(get("path=" + PATH + "%3Aread%3Ax&username=y&signature=" + mine), "invalid signature");
    }

    @Test
    void an_expired_signature_or_a_changed_expiration_is_refused() throws IOException {
        var token = server.sandbox().token();
        var past = encoded(signature(PATH, "read", "", token, ":1000000000"));
        refused(
                get("path=" + PATH + "&signature_expiration=1000000000&signature=" + past),
                "signature is already expired");
        refused(get("path=" + PATH + "&signature_expiration=" + FAR + "&signature=" + past), "invalid signature");
        refused(get("path=" + PATH + "&signature=" + past), "invalid signature");
        for (String odd : new String[] {"", "never", "99999999999999999999", "0x7fffffff", "4e9", "-1"}) {
            var signature = encoded(signature(PATH, "read", "", token, ":" + odd));
            refused(
                    get("path=" + PATH + "&signature_expiration=" + odd + "&signature=" + signature),
                    "signature is already expired");
        }
    }

    @Test
    void a_repeated_parameter_is_checked_and_used_with_the_same_value() throws IOException {
        var good = encoded(signed(PATH, "read", ""));
        refused(get("path=/etc/hostname&path=" + PATH + "&signature=" + good), "invalid signature");
        assertThat(get("path=" + PATH + "&path=/etc/passwd&signature=" + good).body())
                .isEqualTo("secret\n");
        refused(get("path=" + PATH + "&signature=v1_wrong&signature=" + good), "invalid signature");
        refused(get("path=" + PATH + "&Signature=" + good + "&signature=v1_"), "invalid signature");
        var past = encoded(signature(PATH, "read", "", server.sandbox().token(), ":1000000000"));
        refused(
                get("path=" + PATH + "&signature_expiration=1000000000&signature_expiration=" + FAR + "&signature="
                        + past),
                "signature is already expired");
    }

    @Test
    void an_escaped_path_is_signed_in_its_decoded_form() throws IOException {
        var good = encoded(signed(PATH, "read", ""));
        assertThat(get("%70ath=%2Ftmp%2F%73igned&signature=" + good).body()).isEqualTo("secret\n");
        refused(get("path=%252Ftmp%252Fsigned&signature=" + good), "invalid signature");
        for (String broken : new String[] {"path=%", "path=/tmp/%zz", "%=1&path=" + PATH}) {
            assertThat(get(broken + "&signature=" + good).status()).isIn(400, 401);
        }
        assertThat(get("path=/tmp/%00signed&signature=" + encoded(signed("/tmp/\0signed", "read", "")))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_missing_or_wrong_token_opens_neither_files_nor_processes() throws IOException {
        var sandbox = server.sandbox();
        var query = "path=" + PATH;
        refused(post(query, sandbox.address()), "missing signature query parameter");
        for (String wrong :
                new String[] {"", "x", sandbox.token() + "x", sandbox.token().substring(1), "null"}) {
            var headers = sandbox.address() + "X-Access-Token: " + wrong + "\r\n";
            refused(
                    post(query, headers),
                    "unauthorized access, please provide a valid access token or method signing if supported");
            // a valid signature does not make up for a wrong token
            refused(
                    post(query + "&signature=" + encoded(signed(PATH, "write", "")), headers),
                    "unauthorized access, please provide a valid access token or method signing if supported");
            var call =
                    server.ask(sandbox.post("process.Process/List", "application/json")
                                    .replace(sandbox.token(), wrong) + "Content-Length: 2\r\n\r\n{}");
            assertThat(call.status()).isEqualTo(401);
        }
    }

    @Test
    void another_consumer_sees_no_sandbox_and_a_wrong_key_is_refused() throws IOException {
        var foreign = server.installation().keys().create("somebody").secret();
        for (String request : new String[] {
            "GET /sandboxes/" + server.sandbox().id(),
            "DELETE /sandboxes/" + server.sandbox().id()
        }) {
            assertThat(server.ask(request + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + foreign + "\r\n\r\n")
                            .status())
                    .isEqualTo(404);
            assertThat(server.ask(request + " HTTP/1.1\r\nHost: h\r\nX-API-Key: e2b_00\r\n\r\n")
                            .status())
                    .isEqualTo(401);
        }
        server.serves(server.sandbox());
    }
}
