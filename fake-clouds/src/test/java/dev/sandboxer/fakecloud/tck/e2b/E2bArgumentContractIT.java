package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.ArgumentContract;

class E2bArgumentContractIT extends ArgumentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
