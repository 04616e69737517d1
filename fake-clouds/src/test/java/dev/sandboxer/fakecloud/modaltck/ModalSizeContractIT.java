package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class ModalSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
