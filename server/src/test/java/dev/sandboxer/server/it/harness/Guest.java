package dev.sandboxer.server.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A sandbox from its client's point of view. */
public record Guest(LiveServer server, String id, String token) {
    /** Returns the head of a call to the sandbox's services, without Content-Length; more headers may follow. */
    public String post(String method, String type) {
        return "POST /" + method + " HTTP/1.1\r\n" + headers() + "Connect-Protocol-Version: 1\r\nContent-Type: " + type
                + "\r\n";
    }

    /** Returns the header lines with the sandbox's address and token. */
    public String headers() {
        return address() + "X-Access-Token: " + token + "\r\n";
    }

    /** Returns the header lines with the sandbox's address. */
    public String address() {
        return "Host: h\r\nE2b-Sandbox-Id: " + id + "\r\nE2b-Sandbox-Port: 49983\r\n";
    }

    /** Calls a unary method. */
    public Answer unary(String method, String json) throws IOException {
        return server.ask(post(method, "application/json") + "Content-Length: " + json.getBytes(UTF_8).length
                + "\r\n\r\n" + json);
    }

    /** Calls a streaming method. */
    public ConnectStream stream(String method, String json, String... headers) throws IOException {
        return ConnectStream.open(this, method, json, headers);
    }

    /** Starts a shell command. */
    public ConnectStream start(String command, String... headers) throws IOException {
        var stream = stream("process.Process/Start", shell(command), headers);
        return stream;
    }

    public static String shell(String command) {
        return "{\"process\":{\"cmd\":\"/bin/sh\",\"args\":[\"-c\"," + LiveServer.JSON.writeValueAsString(command)
                + "]},\"stdin\":false}";
    }

    /** Returns the standard output of a shell command. */
    public String run(String command) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var stream = start(command)) {
            for (var message = stream.next(); !message.end(); message = stream.next()) {
                var data = message.json().path("event").path("data");
                for (var channel : List.of("stdout", "stderr")) {
                    out.write(Base64.getDecoder().decode(data.path(channel).asString("")));
                }
            }
        }
        return out.toString(UTF_8);
    }

    /** Returns the sandbox's processes, as JSON. */
    public List<String> processes() throws IOException {
        var answer = unary("process.Process/List", "{}");
        assertThat(answer.status()).isEqualTo(200);
        return StreamSupport.stream(
                        LiveServer.JSON
                                .readTree(answer.body())
                                .path("processes")
                                .spliterator(),
                        false)
                .map(JsonNode::toString)
                .toList();
    }
}
