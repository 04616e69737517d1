package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;

class ModalSupportContractIT extends SupportContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
