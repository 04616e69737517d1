package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;

class ModalLifecycleContractIT extends LifecycleContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
