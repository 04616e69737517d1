package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;

class E2bLifecycleContractIT extends LifecycleContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
