package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.NetworkContract;

class LocalNetworkContractIT extends NetworkContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
