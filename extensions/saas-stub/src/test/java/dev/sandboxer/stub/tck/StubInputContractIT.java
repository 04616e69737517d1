package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.InputContract;

class StubInputContractIT extends InputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
