package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileNameContract;

class ModalFileNameContractIT extends FileNameContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
