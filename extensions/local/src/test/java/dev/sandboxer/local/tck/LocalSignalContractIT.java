package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.SignalContract;

class LocalSignalContractIT extends SignalContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
