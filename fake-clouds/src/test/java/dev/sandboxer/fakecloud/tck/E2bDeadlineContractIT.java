package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.DeadlineContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class E2bDeadlineContractIT extends DeadlineContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
