package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;

class StubFileContentContractIT extends FileContentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
