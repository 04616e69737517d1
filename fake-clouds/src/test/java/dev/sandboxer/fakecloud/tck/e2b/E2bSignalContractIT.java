package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.SignalContract;

class E2bSignalContractIT extends SignalContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
