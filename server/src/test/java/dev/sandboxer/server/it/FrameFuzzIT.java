package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.EnvelopeReader;
import dev.sandboxer.extension.tck.Campaign;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StartRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StartResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputResponse;
import dev.sandboxer.server.it.harness.Chunked;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.server.it.harness.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls into a sandbox with random bytes as messages. */
@Tag("campaign")
class FrameFuzzIT {
    private static final int STEPS = 25;
    private static final Map<String, Message> ANSWERS = Map.of(
            "process.Process/Start", StartResponse.getDefaultInstance(),
            "process.Process/Connect", ConnectResponse.getDefaultInstance(),
            "process.Process/StreamInput", StreamInputResponse.getDefaultInstance(),
            "filesystem.Filesystem/WatchDir", WatchDirResponse.getDefaultInstance());
    private static final List<String> STREAMS =
            ANSWERS.keySet().stream().sorted().toList();
    private static final List<String> UNARY = List.of(
            "process.Process/List",
            "process.Process/SendInput",
            "process.Process/SendSignal",
            "process.Process/Update",
            "process.Process/CloseStdin",
            "filesystem.Filesystem/Stat",
            "filesystem.Filesystem/ListDir",
            "filesystem.Filesystem/Move",
            "filesystem.Filesystem/CreateWatcher",
            "filesystem.Filesystem/GetWatcherEvents",
            "process.Process/None");

    /** The message types through which JSON is converted to binary. */
    private static final List<Message> SHAPES = List.of(
            StartRequest.getDefaultInstance(),
            StreamInputRequest.getDefaultInstance(),
            SendInputRequest.getDefaultInstance(),
            SendSignalRequest.getDefaultInstance(),
            WatchDirRequest.getDefaultInstance(),
            ListDirRequest.getDefaultInstance(),
            MoveRequest.getDefaultInstance());

    /** Valid messages, which the test mutates. */
    private static final List<String> MESSAGES = List.of(
            Guest.shell("echo fuzz"),
            "{\"process\":{\"cmd\":\"/bin/true\"},\"pty\":{\"size\":{\"cols\":80,\"rows\":24}},\"tag\":\"t\"}",
            "{\"process\":{\"pid\":2}}",
            "{\"process\":{\"tag\":\"none\"}}",
            "{\"start\":{\"process\":{\"pid\":3}}}",
            "{\"data\":{\"process\":{\"pid\":3},\"input\":{\"stdin\":\"aGk=\"}}}",
            "{\"process\":{\"pid\":3},\"signal\":\"SIGNAL_SIGTERM\"}",
            "{\"path\":\"/none\",\"recursive\":true,\"depth\":3}",
            "{\"source\":\"/none\",\"destination\":\"/none2\",\"watcherId\":\"w\"}",
            "{}",
            "");

    private static final List<String> VALUES = List.of(
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "true",
            "[]",
            "{}",
            "[[]]",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"~x\"",
            "\"../..\"");

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @Test
    void any_input_is_answered_in_connects_form_or_cut_and_leaves_no_process() throws Throwable {
        Campaign.run("FrameFuzzIT", 8, random -> {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(3) > 0) {
                    stream(random);
                } else {
                    unary(random);
                }
            }
            server.serves(server.sandbox());
            // processes that have started end by themselves, by the timeout of their call
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> server.sandbox().processes().isEmpty());
        });
    }

    private static void stream(SplittableRandom random) throws IOException {
        var method = STREAMS.get(random.nextInt(STREAMS.size()));
        var codec = codec(random);
        var body = new ByteArrayOutputStream();
        for (int count = random.nextInt(1, 4); count > 0; count--) {
            body.write(frame(codec, random));
        }
        var bytes = body.toByteArray();
        if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        var answer = answer(random, method, codec.streamType(), bytes);
        if (!answer.isEmpty()) {
            check(method, codec, answer);
        }
    }

    private static Codec codec(SplittableRandom random) {
        return random.nextBoolean() ? Codec.JSON : Codec.BINARY;
    }

    private static void check(String method, Codec codec, String text) throws IOException {
        var end = text.indexOf("\r\n\r\n");
        var head = text.substring(0, end);
        assertThat(head).as(method).startsWith("HTTP/1.1 200 ").contains("Content-Type: " + codec.streamType());
        var body = new Chunked(new ByteArrayInputStream(text.substring(end + 4).getBytes(ISO_8859_1)));
        var envelopes = new EnvelopeReader(body, 1 << 20);
        var message = envelopes.next();
        while (message != null && !message.end()) {
            codec.read(message.content(), ANSWERS.get(method));
            message = envelopes.next();
        }
        assertThat(message).as("the last message of " + method).isNotNull();
        ConnectError.ofEndOfStream(message.content());
        assertThat(text)
                .as(method)
                .doesNotContain("internal error")
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
        assertThat(body.read()).isNegative();
    }

    private static void unary(SplittableRandom random) throws IOException {
        var method = UNARY.get(random.nextInt(UNARY.size()));
        var codec = codec(random);
        var answer = answer(random, method, codec.unaryType(), message(codec, random));
        if (answer.isEmpty()) {
            return;
        }
        var unknown = method.endsWith("/None");
        assertThat(answer)
                .as(method)
                .startsWith(unknown ? "HTTP/1.1 404 " : "HTTP/1.1 ")
                .contains("Content-Type: " + (answer.startsWith("HTTP/1.1 200 ") ? codec : Codec.JSON).unaryType());
        assertThat(answer)
                .doesNotContain("internal error")
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
        if (!answer.startsWith("HTTP/1.1 200 ") && !unknown) {
            assertThat(answer).as(method).containsPattern("\r\n\r\n\\{\"code\":\"[a-z_]+\",\"message\":\"");
        }
    }

    /** Returns the whole answer; empty = the connection was cut. */
    private static String answer(SplittableRandom random, String method, String type, byte[] body) throws IOException {
        var head = server.sandbox().post(method, type) + "Connection: close\r\nConnect-Timeout-Ms: 300\r\n";
        if (random.nextInt(8) == 0) {
            head += List.of("Content-Encoding: gzip", "Connect-Content-Encoding: gzip", "Connect-Protocol-Version: 9")
                            .get(random.nextInt(3))
                    + "\r\n";
        }
        try (var client = server.connect()) {
            switch (random.nextInt(3)) {
                case 0 ->
                    client.trySend((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1))
                            .trySend(body);
                case 1 -> chunks(client.send(head + "Transfer-Encoding: chunked\r\n\r\n"), body, random);
                default -> {
                    // the announced length is larger than the body
                    client.trySend((head + "Content-Length: " + (body.length + 10) + "\r\n\r\n").getBytes(ISO_8859_1))
                            .trySend(body)
                            .shutdownOutput();
                    client.rest();
                    return "";
                }
            }
            return client.rest();
        }
    }

    private static void chunks(Wire client, byte[] body, SplittableRandom random) {
        for (int at = 0; at < body.length; ) {
            var n = Math.min(body.length - at, random.nextInt(1, 40));
            client.trySend((Integer.toHexString(n) + "\r\n").getBytes(ISO_8859_1))
                    .trySend(Arrays.copyOfRange(body, at, at + n))
                    .trySend(new byte[] {'\r', '\n'});
            at += n;
        }
        client.trySend("0\r\n\r\n".getBytes(ISO_8859_1));
    }

    private static byte[] frame(Codec codec, SplittableRandom random) {
        var content = message(codec, random);
        var flags = random.nextInt(3) > 0 ? 0 : random.nextInt(2) == 0 ? 1 << random.nextInt(8) : random.nextInt(256);
        var length = random.nextInt(5) > 0
                ? content.length
                : random.nextInt(2) == 0 ? random.nextInt() : content.length + random.nextInt(-3, 4);
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) flags)
                .putInt(length)
                .put(content)
                .array();
    }

    /** Returns a random message. Binary messages are damaged after encoding, since a damaged text could not be encoded. */
    private static byte[] message(Codec codec, SplittableRandom random) {
        var json = json(random).getBytes(UTF_8);
        if (codec == Codec.JSON) {
            return json;
        }
        byte[] binary;
        try {
            binary = codec.write(Codec.JSON.read(json, SHAPES.get(random.nextInt(SHAPES.size()))));
        } catch (ConnectException e) {
            return json; // garbage when read as binary
        }
        for (int i = random.nextInt(3); i > 0 && binary.length > 0; i--) {
            binary[random.nextInt(binary.length)] = (byte) random.nextInt();
        }
        return binary;
    }

    /** Returns a valid message, one with a wrong value, or garbage. */
    private static String json(SplittableRandom random) {
        var good = MESSAGES.get(random.nextInt(MESSAGES.size()));
        switch (random.nextInt(4)) {
            case 0 -> {
                return good;
            }
            case 1 -> {
                var values = good.split("(?<=:)(?=[^{])", -1);
                var at = random.nextInt(values.length);
                values[at] = values[at].replaceFirst(
                        "^(\"[^\"]*\"|[0-9]+|\\[.*?]|true|false)",
                        Matcher.quoteReplacement(VALUES.get(random.nextInt(VALUES.size()))));
                return String.join("", values);
            }
            case 2 -> {
                var damaged = new StringBuilder(good);
                for (int i = random.nextInt(1, 4); i > 0 && !damaged.isEmpty(); i--) {
                    damaged.setCharAt(random.nextInt(damaged.length()), (char) random.nextInt(1, 128));
                }
                return damaged.toString();
            }
            default -> {
                var noise = new byte[random.nextInt(60)];
                random.nextBytes(noise);
                return new String(noise, ISO_8859_1);
            }
        }
    }
}
