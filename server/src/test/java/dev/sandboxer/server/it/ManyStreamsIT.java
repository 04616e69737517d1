package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.Http2Wire;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thousand concurrent streams. */
class ManyStreamsIT {
    private static final int SANDBOXES = 4;
    private static final int OVER_HTTP2 = 225;
    private static final int OVER_HTTP1 = 25;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    /** A process that writes its sandbox's id on request, and the stream of the client that started it. */
    private record Speaker(Guest guest, int pid, ConnectStream own) {
        static Speaker in(Guest guest) throws IOException {
            guest.run("mkfifo /tmp/go");
            var own = guest.start("read line < /tmp/go; echo I am in " + guest.id());
            return new Speaker(guest, own.pid(), own);
        }

        String selector() {
            return "{\"process\":{\"pid\":" + pid + "}}";
        }

        void speak() throws IOException {
            guest.run("echo on > /tmp/go");
        }

        String words() {
            return "I am in " + guest.id() + "\n";
        }
    }

    @Test
    void a_thousand_concurrent_streams_each_get_their_own_output_and_end() throws Exception {
        server.serves(server.sandbox());
        var threads = ManagementFactory.getThreadMXBean().getThreadCount();
        var heap = liveHeap();
        var speakers = new ArrayList<Speaker>();
        for (int i = 0; i < SANDBOXES; i++) {
            speakers.add(Speaker.in(server.create()));
        }
        try (var http2 = new Http2Wire(server.address())) {
            assertThat(http2.mostStreams()).isGreaterThanOrEqualTo(SANDBOXES * OVER_HTTP2);
            listen(http2, speakers);
        }
        for (var speaker : speakers) {
            assertThat(speaker.own().last().error()).isEmpty();
            speaker.own().close();
        }

        // Jetty keeps a few more threads for a while
        await().atMost(TIMEOUT).until(() -> ManagementFactory.getThreadMXBean().getThreadCount() <= threads + 80);
        await().atMost(TIMEOUT).until(() -> liveHeap() < heap + (32 << 20));
        server.serves(server.sandbox());
    }

    private static void listen(Http2Wire http2, List<Speaker> speakers) throws Exception {
        var calls = new ArrayList<List<Http2Wire.Call>>();
        var streams = new ArrayList<List<ConnectStream>>();
        for (var speaker : speakers) {
            var frame = ConnectStream.frame(0, speaker.selector().getBytes(UTF_8));
            var mine = new ArrayList<Http2Wire.Call>();
            for (int i = 0; i < OVER_HTTP2; i++) {
                mine.add(http2.call(speaker.guest(), "process.Process/Connect", frame));
            }
            var own = new ArrayList<ConnectStream>();
            for (int i = 0; i < OVER_HTTP1; i++) {
                own.add(speaker.guest().stream("process.Process/Connect", speaker.selector()));
            }
            calls.add(mine);
            streams.add(own);
        }
        for (int i = 0; i < speakers.size(); i++) {
            for (var call : calls.get(i)) {
                call.begun().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
            for (var stream : streams.get(i)) {
                assertThat(stream.pid()).isEqualTo(speakers.get(i).pid());
            }
        }
        for (var speaker : speakers) {
            speaker.speak();
        }
        for (int i = 0; i < speakers.size(); i++) {
            for (var call : calls.get(i)) {
                var all = new ByteArrayInputStream(call.all().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
                assertThat(ConnectStream.read(all)
                                .json()
                                .path("event")
                                .path("start")
                                .path("pid")
                                .asInt())
                        .isEqualTo(speakers.get(i).pid());
                assertThat(words(ConnectStream.read(all)))
                        .isEqualTo(speakers.get(i).words());
                assertThat(ConnectStream.read(all).json().path("event").has("end"))
                        .isTrue();
                assertThat(ConnectStream.read(all).end()).isTrue();
            }
            for (var stream : streams.get(i)) {
                assertThat(stream.stdout()).isEqualTo(speakers.get(i).words());
                assertThat(stream.last().error()).isEmpty();
                stream.close();
            }
        }
    }

    private static String words(ConnectStream.Message message) {
        var stdout = message.json().path("event").path("data").path("stdout").asString("");
        return new String(Base64.getDecoder().decode(stdout), UTF_8);
    }

    private static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
