package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ProcessContract;

class LocalProcessContractIT extends ProcessContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
