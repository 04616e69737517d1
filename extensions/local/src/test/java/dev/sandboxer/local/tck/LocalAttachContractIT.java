package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.AttachContract;

class LocalAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
