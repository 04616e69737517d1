package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.NetworkContract;

class ModalNetworkContractIT extends NetworkContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
