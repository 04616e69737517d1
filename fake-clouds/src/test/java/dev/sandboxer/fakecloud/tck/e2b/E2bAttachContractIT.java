package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.AttachContract;

class E2bAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
