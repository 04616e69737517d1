package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ArgumentContract;

class LocalArgumentContractIT extends ArgumentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
