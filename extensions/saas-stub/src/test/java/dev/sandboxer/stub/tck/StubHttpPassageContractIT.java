package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.HttpPassageContract;

class StubHttpPassageContractIT extends HttpPassageContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
