package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;

class E2bSupportContractIT extends SupportContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
