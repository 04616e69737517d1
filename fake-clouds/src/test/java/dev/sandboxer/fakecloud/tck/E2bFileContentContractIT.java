package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.FileContentContract;

class E2bFileContentContractIT extends FileContentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
