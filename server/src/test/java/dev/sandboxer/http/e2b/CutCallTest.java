package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HttpTarget;
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

/** A pause right after a call has looked at its sandbox, and before it works in it. */
class CutCallTest {
    private static final String GONE = "\"message\":\"The sandbox was not found\",\"code\":502}";

    @TempDir
    private Path home;

    @Test
    void a_call_that_needs_a_session_is_answered_and_not_begun() throws Exception {
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
    void a_call_that_fails_since_the_sandbox_is_frozen_is_answered_like_one_that_was_cut() throws Exception {
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
    void a_call_that_is_handed_on_is_answered_and_does_not_reach_the_backend() throws Exception {
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
