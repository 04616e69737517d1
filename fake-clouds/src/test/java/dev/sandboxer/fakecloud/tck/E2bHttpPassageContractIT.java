package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.HttpPassageContract;

class E2bHttpPassageContractIT extends HttpPassageContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
