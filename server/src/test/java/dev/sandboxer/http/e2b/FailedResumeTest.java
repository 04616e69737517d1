package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.testing.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls into a paused sandbox that can't be resumed. */
class FailedResumeTest {
    @TempDir
    private Path home;

    private static String call(PassedSandbox passed, String method, String type, String body) throws Exception {
        passed.sandboxes().pause(passed.sandbox());
        passed.cloud().plan(Fault.Call.RESUME, Fault.refused(Kind.CAPACITY));
        return passed.call(method, type, body);
    }

    @Test
    void a_unary_call_is_refused_with_a_status() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {})) {
            assertThat(call(passed, "process.Process/List", "application/json", "{}"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Content-Type: application/json\r\n", "{\"code\":\"unavailable\",\"message\":\"");
        }
    }

    @Test
    void a_stream_is_refused_in_its_last_message() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {})) {
            assertThat(call(passed, "process.Process/Start", "application/connect+json", "\0\0\0\0\2{}"))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("{\"error\":{\"code\":\"unavailable\",\"message\":\"");
        }
    }
}
