package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;

class ModalPauseContractIT extends PauseContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
