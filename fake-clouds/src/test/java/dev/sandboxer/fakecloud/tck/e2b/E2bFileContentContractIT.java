package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;

class E2bFileContentContractIT extends FileContentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
