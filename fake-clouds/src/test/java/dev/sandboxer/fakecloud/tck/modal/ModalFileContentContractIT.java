package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;

class ModalFileContentContractIT extends FileContentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
