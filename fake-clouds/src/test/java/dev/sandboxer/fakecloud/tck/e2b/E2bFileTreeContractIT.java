package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileTreeContract;

class E2bFileTreeContractIT extends FileTreeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
