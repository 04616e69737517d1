package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.HttpPassageContract;

class ModalHttpPassageContractIT extends HttpPassageContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
