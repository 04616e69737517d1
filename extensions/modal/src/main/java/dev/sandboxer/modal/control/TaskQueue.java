package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.util.Optional;

/** Waits until a sandbox has a machine, for as long as is allowed. */
final class TaskQueue {
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(5);

    private final ControlClient client;
    private final SandboxCalls sandboxes;

    TaskQueue(ControlClient client, SandboxCalls sandboxes) {
        this.client = client;
        this.sandboxes = sandboxes;
    }

    /**
     * Waits for the id of the task.
     *
     * @param what it waits for, as in "a GPU of type H100"
     * @return empty when the time was up
     * @throws ExtensionException {@code TRANSIENT} when the sandbox has ended meanwhile, or the thread was interrupted
     */
    Optional<String> await(BackendRef sandbox, CreateRequest request, String what) {
        var most = client.timeouts().queue();
        var began = System.nanoTime();
        var nextReport = Duration.ZERO;
        while (true) {
            var task = ask(sandbox);
            if (task.isPresent()) {
                return task;
            }
            var waited = Duration.ofNanos(System.nanoTime() - began);
            if (waited.compareTo(most) >= 0) {
                return Optional.empty();
            }
            if (waited.compareTo(nextReport) >= 0) {
                request.report(
                        Stage.QUEUED,
                        "waiting for " + what + ", " + waited.toSeconds() + " s of at most " + most.toSeconds() + " s");
                nextReport = waited.plus(BETWEEN_REPORTS);
            }
            Pauses.sleep(client.timeouts().poll());
        }
    }

    /** Failures on the way are not the queue's. */
    private Optional<String> ask(BackendRef sandbox) {
        try {
            var answer = sandboxes.task(sandbox);
            if (answer.getTaskId().isEmpty() && answer.getTaskResult().getStatusValue() != 0) {
                throw ExtensionException.notApplied(
                        Kind.CAPACITY,
                        "the sandbox " + sandbox + " was never started: "
                                + Ending.of(answer.getTaskResult(), client.errors())
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
