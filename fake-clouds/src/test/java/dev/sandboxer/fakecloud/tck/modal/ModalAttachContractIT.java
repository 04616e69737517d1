package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.AttachContract;

class ModalAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
