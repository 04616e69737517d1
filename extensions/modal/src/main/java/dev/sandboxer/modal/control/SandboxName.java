package dev.sandboxer.modal.control;

import dev.sandboxer.extension.SandboxTag;

/** Names sandboxes at Modal. Each attempt has a name of its own, so it can't collide with what another one left. */
final class SandboxName {
    private SandboxName() {}

    /** @param attempt 1 for the first GPU type that is tried */
    static String of(SandboxTag tag, int attempt) {
        return ModalName.of(tag + (attempt == 1 ? "" : "-" + attempt));
    }
}
