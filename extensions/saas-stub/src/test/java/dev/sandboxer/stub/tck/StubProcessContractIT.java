package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ProcessContract;

class StubProcessContractIT extends ProcessContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
