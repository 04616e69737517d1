package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;

class StubSupportContractIT extends SupportContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
