package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileTreeContract;

class ModalFileTreeContractIT extends FileTreeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
