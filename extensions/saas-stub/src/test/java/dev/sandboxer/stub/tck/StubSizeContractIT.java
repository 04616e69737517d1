package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class StubSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
