package dev.sandboxer.e2b.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListTest {
    private static final String LIST = "GET /v2/sandboxes";

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud();

    @Test
    void all_pages_of_running_and_paused_sandboxes_are_read() {
        cloud.on(LIST, ScriptedCloud.json(200, page("inst-a-1", "running"), "X-Next-Token", "t 1&x"))
                .on(LIST, ScriptedCloud.json(200, "[]", "x-next-token", "t2"))
                .on(LIST, 200, page("inst-b-1", "paused"));
        try (var backend = cloud.open(directory)) {
            assertThat(backend.list())
                    .extracting(it -> it.tag().toString() + " " + it.paused())
                    .containsExactly("inst-a-1 false", "inst-b-1 true");
        }
        assertThat(cloud.asked())
                .extracting(ScriptedCloud.Asked::target)
                .containsExactly(
                        "/v2/sandboxes?metadata=sandboxer_installation%3Dinst&state=running%2Cpaused&limit=100",
                        "/v2/sandboxes?metadata=sandboxer_installation%3Dinst&state=running%2Cpaused&limit=100"
                                + "&nextToken=t%201%26x",
                        "/v2/sandboxes?metadata=sandboxer_installation%3Dinst&state=running%2Cpaused&limit=100"
                                + "&nextToken=t2");
    }

    @Test
    void a_page_that_fails_fails_the_list() {
        cloud.on(LIST, ScriptedCloud.json(200, page("inst-a-1", "running"), "X-Next-Token", "t1"))
                .on(LIST, ScriptedCloud.error(500, "oops"));
        assertThat(failure(Backend::list).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void pages_that_repeat_fail_the_list() {
        cloud.on(LIST, ScriptedCloud.json(200, page("inst-a-1", "running"), "X-Next-Token", "t1"));
        assertThat(failure(Backend::list).kind()).isEqualTo(Kind.INTERNAL);
        assertThat(cloud.asked()).hasSizeLessThan(4);
    }

    @Test
    void a_malformed_list_or_sandbox_fails_the_list() {
        for (var body : new String[] {
            "{}",
            "nothing",
            "[{\"metadata\":{\"sandboxer_installation\":\"inst\"}}]",
            page("inst-a-1", "running").replace("2026-11-25T10:00:00Z", "yesterday"),
            page("inst-a-1", "running").replace("\"cpuCount\":2", "\"cpuCount\":0"),
            page("inst-a-1", "running").replace(ScriptedCloud.SANDBOX, "../../etc")
        }) {
            try (var other = new ScriptedCloud().on(LIST, 200, body);
                    var backend = other.open(directory)) {
                var failure = catchThrowableOfType(ExtensionException.class, backend::list);
                assertThat(failure).as(body).isNotNull();
                assertThat(failure.kind()).as(body).isEqualTo(Kind.INTERNAL);
            }
        }
    }

    @Test
    void sandboxes_of_others_are_filtered_out() {
        var other = page("inst-a-1", "running").replace("\"sandboxer_installation\":\"inst\"", "\"x\":\"y\"");
        cloud.on(
                LIST,
                200,
                other.replace("]", ",") + page("other-a-1", "running").substring(1));
        try (var backend = cloud.open(directory)) {
            assertThat(backend.list()).isEmpty();
        }
    }

    @Test
    void a_sandbox_is_found_by_its_tag_only() {
        cloud.on(LIST, 200, page("inst-a-1", "running"));
        try (var backend = cloud.open(directory)) {
            assertThat(backend.find(new SandboxTag("inst", "a", 1)))
                    .map(BackendSandbox::ref)
                    .isPresent();
            assertThat(backend.find(new SandboxTag("inst", "a", 2))).isEmpty();
        }
        assertThat(cloud.asked().getFirst().target()).contains("metadata=sandboxer_tag%3Dinst-a-1&");
    }

    @Test
    void one_empty_list_does_not_say_that_a_sandbox_is_gone() {
        cloud.on(LIST, 200, "[]").on(LIST, 200, page("inst-a-1", "running"));
        try (var backend = cloud.open(directory)) {
            assertThat(backend.find(new SandboxTag("inst", "a", 1))).isPresent();
        }
        assertThat(cloud.asked()).hasSize(2);
    }

    private ExtensionException failure(java.util.function.Consumer<Backend> call) {
        try (var backend = cloud.open(directory)) {
            var failure = catchThrowableOfType(ExtensionException.class, () -> call.accept(backend));
            assertThat(failure).isNotNull();
            return failure;
        }
    }

    private static String page(String tag, String state) {
        return "[" + ScriptedCloud.detail(tag, state) + "]";
    }
}
