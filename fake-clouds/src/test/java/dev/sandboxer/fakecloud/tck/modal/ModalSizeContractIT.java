package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class ModalSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
