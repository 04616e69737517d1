package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;

class ModalSupportContractIT extends SupportContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
