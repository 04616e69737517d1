package dev.sandboxer.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class CreateRequestTest {
    @Test
    void a_listener_receives_events_in_order() {
        var events = new ArrayList<CreationProgress>();
        var request = request(events::add);
        request.report(Stage.QUEUED, "waits for a GPU");
        request.report(Stage.BUILDING, "step 1");
        assertThat(events)
                .containsExactly(
                        new CreationProgress(Stage.QUEUED, "waits for a GPU"),
                        new CreationProgress(Stage.BUILDING, "step 1"));
    }

    @Test
    void an_exception_of_a_listener_is_dropped() {
        var request = request(_ -> {
            throw new IllegalStateException("broken");
        });
        assertThatCode(() -> request.report(Stage.STARTING, "starts")).doesNotThrowAnyException();
    }

    @Test
    void a_text_becomes_one_line_of_bounded_length() {
        assertThat(new CreationProgress(Stage.BUILDING, "a\r\nb\nc\r").text()).isEqualTo("a b c ");
        assertThat(new CreationProgress(Stage.BUILDING, "x".repeat(1 << 20)).text())
                .hasSize(CreationProgress.MAX_TEXT_LENGTH);
    }

    private static CreateRequest request(ProgressListener listener) {
        var spec = SandboxSpec.builder(new Source.Template("base"), new SandboxSize(1, 1, 1))
                .build();
        return new CreateRequest(new SandboxTag("inst", "sb", 1), spec, Instant.EPOCH, listener);
    }
}
