package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisabledConsumerTest {
    private static final List<String> CALLS = List.of(
            "GET /sandboxes",
            "GET /v2/sandboxes",
            "POST /sandboxes",
            "GET /templates",
            "GET /api/v1/profiles",
            "GET /nothing");

    @TempDir
    private Path home;

    @Test
    void its_key_is_403_with_the_reason_at_every_route() throws Exception {
        try (var server = new PassedSandbox(home, peer -> {})) {
            var key = server.key();
            server.disableOwner();

            for (String call : CALLS) {
                assertThat(server.ask(call + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                        .as(call)
                        .startsWith("HTTP/1.1 403 ")
                        .contains("\"code\":403", "\"error_code\":\"consumer_disabled\"", "consumers enable me");
            }
        }
    }

    @Test
    void its_key_is_still_withheld_from_servers_in_sandboxes() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var server = new PassedSandbox(home, peer -> {
            heads.add(peer.head());
            peer.send("HTTP/1.1 204 No Content\r\n\r\n");
        })) {
            var key = server.key();
            server.disableOwner();

            server.ask("GET / HTTP/1.1\r\nHost: h\r\n" + server.port(8080) + "X-API-Key: " + key
                    + "\r\nConnection: close\r\n\r\n");

            assertThat(heads).noneMatch(head -> head.contains(key));
        }
    }
}
