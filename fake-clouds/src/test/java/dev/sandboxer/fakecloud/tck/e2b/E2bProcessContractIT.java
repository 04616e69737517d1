package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ProcessContract;

class E2bProcessContractIT extends ProcessContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
