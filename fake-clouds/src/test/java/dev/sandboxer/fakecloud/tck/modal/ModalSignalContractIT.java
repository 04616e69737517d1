package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.SignalContract;

class ModalSignalContractIT extends SignalContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
