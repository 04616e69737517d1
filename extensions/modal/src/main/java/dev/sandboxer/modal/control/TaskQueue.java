package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Waits until Modal has a machine for a sandbox. */
final class TaskQueue {
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(5);

    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;

    TaskQueue(ControlClient client, SandboxCalls sandboxes, InstantSource clock) {
        this.client = client;
        this.sandboxes = sandboxes;
        this.clock = clock;
    }

    /**
     * Waits for the id of the sandbox's task, at most until the sandbox's deadline.
     *
     * @param what what the sandbox waits for, as in "GPU of type H100"
     * @throws ExtensionException {@code CAPACITY} when there is no machine in time, or the sandbox was never started;
     *     {@code GONE} when the sandbox has ended; {@code TRANSIENT} when the thread was interrupted
     */
    String await(BackendRef sandbox, CreateRequest request, String what) {
        var most = longest(request);
        var began = System.nanoTime();
        var nextReport = Duration.ZERO;
        while (true) {
            var task = poll(sandbox);
            if (task.isPresent()) {
                return task.get();
            }
            var waited = Duration.ofNanos(System.nanoTime() - began);
            if (waited.compareTo(most) >= 0) {
                throw ExtensionException.notApplied(
                        Kind.CAPACITY, "Modal has no capacity: no " + what + " within " + most.toSeconds() + " s");
            }
            if (waited.compareTo(nextReport) >= 0) {
                request.report(
                        Stage.QUEUED,
                        "waiting for a " + what + ", " + waited.toSeconds() + " s of at most " + most.toSeconds()
                                + " s");
                nextReport = waited.plus(BETWEEN_REPORTS);
            }
            Delay.sleep(client.timeouts().delays().poll());
        }
    }

    /** Returns how long to wait at most. */
    private Duration longest(CreateRequest request) {
        var life = Duration.between(clock.instant(), request.deadline());
        var most = client.timeouts().queue();
        return life.isNegative() ? Duration.ZERO : life.compareTo(most) < 0 ? life : most;
    }

    /** Returns the task's id if there is one. Treats transient failures as "not yet". */
    private Optional<String> poll(BackendRef sandbox) {
        try {
            var answer = sandboxes.task(sandbox);
            if (answer.getTaskId().isEmpty() && answer.getTaskResult().getStatusValue() != 0) {
                throw ExtensionException.notApplied(
                        Kind.CAPACITY,
                        "the sandbox " + sandbox + " was never started: "
                                + SandboxEnd.of(answer.getTaskResult(), client.errors())
                                        .text());
            }
            return answer.getTaskId().isEmpty() ? Optional.empty() : Optional.of(answer.getTaskId());
        } catch (ExtensionException e) {
            if (e.kind() == Kind.TRANSIENT && !Thread.currentThread().isInterrupted()) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
