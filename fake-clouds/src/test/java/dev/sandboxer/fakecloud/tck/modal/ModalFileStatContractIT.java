package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileStatContract;

class ModalFileStatContractIT extends FileStatContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
