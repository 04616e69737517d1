package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class ModalVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
