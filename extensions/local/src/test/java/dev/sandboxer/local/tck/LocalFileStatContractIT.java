package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileStatContract;

class LocalFileStatContractIT extends FileStatContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
