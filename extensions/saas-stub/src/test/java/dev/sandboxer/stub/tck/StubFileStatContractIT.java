package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileStatContract;

class StubFileStatContractIT extends FileStatContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
