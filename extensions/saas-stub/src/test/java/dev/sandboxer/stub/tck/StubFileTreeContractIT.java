package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileTreeContract;

class StubFileTreeContractIT extends FileTreeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
