package dev.sandboxer.modal.control;

import dev.sandboxer.extension.SandboxTag;

/** Names sandboxes at Modal: one name for each try, so that no try meets what another one left. */
final class SandboxName {
    private SandboxName() {}

    /** @param tries 1 for the first type of GPU that is tried */
    static String of(SandboxTag tag, int tries) {
        return ModalName.of(tag + (tries == 1 ? "" : "-" + tries));
    }
}
