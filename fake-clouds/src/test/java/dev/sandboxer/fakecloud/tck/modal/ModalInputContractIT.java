package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.InputContract;

class ModalInputContractIT extends InputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
