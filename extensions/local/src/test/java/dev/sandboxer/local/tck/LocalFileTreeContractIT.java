package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileTreeContract;

class LocalFileTreeContractIT extends FileTreeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
