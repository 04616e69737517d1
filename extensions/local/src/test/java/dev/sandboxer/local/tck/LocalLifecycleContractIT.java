package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;

class LocalLifecycleContractIT extends LifecycleContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
