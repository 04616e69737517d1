package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;

class LocalSupportContractIT extends SupportContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
