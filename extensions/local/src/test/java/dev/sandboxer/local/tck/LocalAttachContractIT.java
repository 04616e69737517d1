package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.AttachContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class LocalAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
