package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.OutputContract;

class StubOutputContractIT extends OutputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
