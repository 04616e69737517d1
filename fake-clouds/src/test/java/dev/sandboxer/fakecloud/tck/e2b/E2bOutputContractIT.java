package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.OutputContract;

class E2bOutputContractIT extends OutputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
