package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ArgumentContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class E2bArgumentContractIT extends ArgumentContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
