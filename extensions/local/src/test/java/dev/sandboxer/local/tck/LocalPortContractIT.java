package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.PortContract;

class LocalPortContractIT extends PortContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
