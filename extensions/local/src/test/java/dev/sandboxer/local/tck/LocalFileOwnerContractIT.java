package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileOwnerContract;

class LocalFileOwnerContractIT extends FileOwnerContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
