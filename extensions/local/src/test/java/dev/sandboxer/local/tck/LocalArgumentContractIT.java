package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ArgumentContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class LocalArgumentContractIT extends ArgumentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
