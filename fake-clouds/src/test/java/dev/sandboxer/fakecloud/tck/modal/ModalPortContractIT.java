package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.PortContract;

class ModalPortContractIT extends PortContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
