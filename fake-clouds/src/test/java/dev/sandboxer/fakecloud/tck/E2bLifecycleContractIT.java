package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;

class E2bLifecycleContractIT extends LifecycleContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
