package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.http.ports.InsideServer;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.TestInstallation;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pause after a call has read its sandbox's row and before it works in the sandbox. */
class CutCallTest {
    private static final String GONE = "\"message\":\"The sandbox was not found\",\"code\":502}";

    @TempDir
    private Path home;

    @Test
    void a_call_that_needs_a_session_is_502_and_does_not_begin() throws Exception {
        var installation = new TestInstallation(home);
        var extension = (FakeExtension) installation.extensions().getFirst();
        try (var served = new ServedSandbox(installation, extension, true)) {
            extension.cloud().watch(point -> {
                if (point.equals("CONNECT before")) {
                    served.sandboxes().pause(served.sandbox());
                }
            });

            assertThat(served.call("process.Process/List", "{}"))
                    .startsWith("HTTP/1.1 502 ")
                    .contains(GONE);
            assertThat(served.sandbox().state()).isEqualTo(SandboxState.PAUSED);
        }
    }

    @Test
    void a_call_that_fails_because_of_the_pause_is_502() throws Exception {
        var installation = new TestInstallation(home);
        var extension = (FakeExtension) installation.extensions().getFirst();
        try (var served = new ServedSandbox(installation, extension, true)) {
            extension.cloud().plan(Fault.Call.CONNECT, Fault.refused(Kind.TRANSIENT));
            extension.cloud().watch(point -> {
                if (point.equals("CONNECT before")) {
                    served.sandboxes().pause(served.sandbox());
                }
            });

            assertThat(served.call("process.Process/List", "{}"))
                    .startsWith("HTTP/1.1 502 ")
                    .contains(GONE);
        }
    }

    @Test
    void a_passed_call_is_502_and_does_not_reach_the_backend() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, keeping(heads))) {
            var target = new HttpTarget(
                    URI.create("http://127.0.0.1:" + passed.backend().address().getPort()), Map.of());
            passed.cloud().reach(port -> {
                passed.sandboxes().pause(passed.sandbox());
                return target;
            });

            assertThat(passed.call("process.Process/List", "{}"))
                    .startsWith("HTTP/1.1 502 ")
                    .contains(GONE);
            assertThat(heads).isEmpty();
        }
    }

    private static InsideServer.Script keeping(Queue<String> heads) {
        return peer -> {
            heads.add(peer.head());
            peer.send("HTTP/1.1 204 No Content\r\n\r\n");
        };
    }
}
