package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.PortContract;

class ModalPortContractIT extends PortContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
