package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileOwnerContract;

class E2bFileOwnerContractIT extends FileOwnerContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
