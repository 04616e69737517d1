package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;

class LocalFileContentContractIT extends FileContentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
