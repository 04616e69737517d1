package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DeadlineContract;

class LocalDeadlineContractIT extends DeadlineContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
