package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileOwnerContract;

class StubFileOwnerContractIT extends FileOwnerContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
