package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.InputContract;

class E2bInputContractIT extends InputContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
