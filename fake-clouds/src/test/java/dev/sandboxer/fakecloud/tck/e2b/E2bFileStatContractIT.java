package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileStatContract;

class E2bFileStatContractIT extends FileStatContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
