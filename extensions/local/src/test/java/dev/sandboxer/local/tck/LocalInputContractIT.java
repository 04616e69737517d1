package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.InputContract;

class LocalInputContractIT extends InputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
