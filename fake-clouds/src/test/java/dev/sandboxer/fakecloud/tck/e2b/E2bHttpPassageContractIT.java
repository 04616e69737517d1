package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.HttpPassageContract;

class E2bHttpPassageContractIT extends HttpPassageContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
