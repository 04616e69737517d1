package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.ProgressContract;

class ModalProgressContractIT extends ProgressContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
