package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.NetworkContract;

class E2bNetworkContractIT extends NetworkContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
