package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.AttachContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class E2bAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
