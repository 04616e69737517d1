package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileOwnerContract;

class ModalFileOwnerContractIT extends FileOwnerContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
