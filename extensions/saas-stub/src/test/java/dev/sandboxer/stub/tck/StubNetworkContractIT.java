package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.NetworkContract;

class StubNetworkContractIT extends NetworkContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
