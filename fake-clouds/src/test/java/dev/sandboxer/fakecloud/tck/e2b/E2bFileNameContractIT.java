package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileNameContract;

class E2bFileNameContractIT extends FileNameContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
