package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DeadlineContract;

class StubDeadlineContractIT extends DeadlineContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
