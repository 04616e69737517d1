package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.DeadlineContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class LocalDeadlineContractIT extends DeadlineContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
