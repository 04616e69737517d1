package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.SignalContract;

class StubSignalContractIT extends SignalContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
