package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.edge.ModalIds.ParsedId;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.Optional;

/** Finds the sandbox that a call names among those of the caller. */
final class OwnedSandboxes {
    private final Sandboxes sandboxes;

    OwnedSandboxes(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /** A sandbox, and the generation of the id in the call. */
    record Owned(Sandbox sandbox, Generation generation) {
        String taskId() {
            return ModalIds.task(sandbox.id(), generation);
        }

        String sandboxId() {
            return ModalIds.sandbox(sandbox.id(), generation);
        }
    }

    /**
     * Returns the sandbox with this id, which may have ended.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND}, also when it belongs to another consumer
     */
    Owned sandbox(String consumer, String id) {
        return find(consumer, ModalIds.parseSandbox(id), "Sandbox", id);
    }

    /** Like {@link #sandbox}, by the id of the sandbox's task. */
    Owned task(String consumer, String id) {
        return find(consumer, ModalIds.parseTask(id), "Task", id);
    }

    private Owned find(String consumer, Optional<ParsedId> parsed, String kind, String id) {
        return parsed.flatMap(it -> sandboxes
                        .find(it.sandbox())
                        .filter(sandbox -> sandbox.consumer().equals(consumer))
                        .map(sandbox -> new Owned(sandbox, it.generation())))
                .orElseThrow(() -> ModalErrors.notFound(kind + " with ID " + ModalErrors.shown(id) + " not found"));
    }
}
