package dev.sandboxer.extension.tck.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.tck.Events;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the output of a process that counts from 1, one number per line. Fails if a number is missing or repeated. */
final class Counter {
    /** The time within which output arrives that was in transit when the sandbox was paused. */
    private static final Duration IN_FLIGHT = Duration.ofMillis(300);

    private final RunningProcess process;
    private final Duration timeout;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int last;

    /** @param timeout the longest wait for an event */
    Counter(RunningProcess process, Duration timeout) {
        this.process = process;
        this.timeout = timeout;
    }

    int last() {
        return last;
    }

    void readTo(int number) {
        while (last < number) {
            var event = Events.next(process, timeout);
            if (event == null) {
                throw new AssertionError("no output for " + timeout + " after number " + last);
            }
            take(event);
        }
    }

    /** Reads the output that was in transit. */
    void drain() {
        while (moves(IN_FLIGHT)) {
            // this number was sent before the pause and is discarded
        }
    }

    boolean moves(Duration watched) {
        return take(Events.next(process, watched));
    }

    private boolean take(@Nullable ProcessEvent event) {
        return switch (event) {
            case null -> false;
            case Output(var _, byte[] bytes) -> {
                for (byte each : bytes) {
                    take(each);
                }
                yield true;
            }
            case Exited end -> throw new AssertionError("the counting process ended after number " + last + ": " + end);
        };
    }

    private void take(byte each) {
        if (each != '\n') {
            line.write(each);
            return;
        }
        var number = Integer.parseInt(line.toString(UTF_8));
        line.reset();
        if (number != last + 1) {
            throw new AssertionError("read number " + number + " after " + last);
        }
        last = number;
    }
}
