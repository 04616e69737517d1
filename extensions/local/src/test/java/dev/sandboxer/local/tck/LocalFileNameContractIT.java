package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.FileNameContract;

class LocalFileNameContractIT extends FileNameContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
