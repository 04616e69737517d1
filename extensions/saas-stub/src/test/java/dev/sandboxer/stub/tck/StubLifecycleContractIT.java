package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;

class StubLifecycleContractIT extends LifecycleContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
