package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.PortContract;

class StubPortContractIT extends PortContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
