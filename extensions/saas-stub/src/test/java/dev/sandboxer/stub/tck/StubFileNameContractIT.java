package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileNameContract;

class StubFileNameContractIT extends FileNameContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
