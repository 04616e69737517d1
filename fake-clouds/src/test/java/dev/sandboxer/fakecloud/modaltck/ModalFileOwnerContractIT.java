package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileOwnerContract;

class ModalFileOwnerContractIT extends FileOwnerContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
