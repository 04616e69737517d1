package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.OutputContract;

class ModalOutputContractIT extends OutputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
