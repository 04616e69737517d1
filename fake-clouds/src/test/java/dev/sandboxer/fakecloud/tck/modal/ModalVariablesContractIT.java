package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class ModalVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
