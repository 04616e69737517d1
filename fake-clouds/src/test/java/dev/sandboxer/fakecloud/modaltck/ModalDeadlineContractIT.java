package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DeadlineContract;

class ModalDeadlineContractIT extends DeadlineContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
