package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ProcessContract;

class ModalProcessContractIT extends ProcessContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
