package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ArgumentContract;

class StubArgumentContractIT extends ArgumentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
