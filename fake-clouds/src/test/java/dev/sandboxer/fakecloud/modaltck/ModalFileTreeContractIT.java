package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileTreeContract;

class ModalFileTreeContractIT extends FileTreeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
