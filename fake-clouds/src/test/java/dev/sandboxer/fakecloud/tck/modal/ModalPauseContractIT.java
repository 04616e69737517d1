package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;

class ModalPauseContractIT extends PauseContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
