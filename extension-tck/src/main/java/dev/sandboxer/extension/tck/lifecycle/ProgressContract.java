package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Requests;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Contract for the progress of a creation, if the backend reports any. */
public abstract class ProgressContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected ProgressContract() {}

    @Test
    void all_events_arrive_before_create_returns() {
        var events = new ConcurrentLinkedQueue<CreationProgress>();
        var box = create(Requests.withProgress(request(), events::add));
        var reported = List.copyOf(events);
        assertThat(box.sh("echo here").text()).isEqualTo("here");
        destroy(box);
        assertThat(events).as("events after create returned").containsExactlyElementsOf(reported);
        if (reported.isEmpty()) {
            skip("no progress is reported by " + extension().id());
        }
    }

    @Test
    void stages_arrive_in_order_and_carry_a_text() {
        var events = new ConcurrentLinkedQueue<CreationProgress>();
        destroy(create(Requests.withProgress(request(), events::add)));
        assertThat(events).extracting(CreationProgress::stage).isSorted();
        assertThat(events)
                .filteredOn(event -> event.stage() != Stage.BUILDING)
                .extracting(CreationProgress::text)
                .allMatch(text -> !text.isBlank());
    }

    @Test
    void a_listener_that_throws_does_not_break_the_creation() {
        var box = create(Requests.withProgress(request(), _ -> {
            throw new IllegalStateException("the listener of this test always fails");
        }));
        assertThat(box.sh("echo here").text()).isEqualTo("here");
        destroy(box);
    }
}
