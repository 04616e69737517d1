package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.edge.ModalIds.Named;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.Optional;

/** Finds the sandbox that a call names among those of the caller. */
final class OwnedSandboxes {
    private final Sandboxes sandboxes;

    OwnedSandboxes(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /** A sandbox, in the generation that the call named it in. */
    record Owned(Sandbox sandbox, Generation generation) {
        String taskId() {
            return ModalIds.task(sandbox.id(), generation);
        }

        String sandboxId() {
            return ModalIds.sandbox(sandbox.id(), generation);
        }
    }

    /**
     * The sandbox with that id, which may have ended.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND}, for somebody else's too
     */
    Owned sandbox(String consumer, String id) {
        return find(consumer, ModalIds.parseSandbox(id), "Sandbox", id);
    }

    /** The sandbox of a task. */
    Owned task(String consumer, String id) {
        return find(consumer, ModalIds.parseTask(id), "Task", id);
    }

    private Owned find(String consumer, Optional<Named> named, String what, String id) {
        return named.flatMap(it -> sandboxes
                        .find(it.sandbox())
                        .filter(sandbox -> sandbox.consumer().equals(consumer))
                        .map(sandbox -> new Owned(sandbox, it.generation())))
                .orElseThrow(() -> ModalErrors.notFound(what + " with ID " + ModalErrors.shown(id) + " not found"));
    }
}
