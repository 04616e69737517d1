package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.SignalContract;

class LocalSignalContractIT extends SignalContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
