package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.OutputContract;

class LocalOutputContractIT extends OutputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
