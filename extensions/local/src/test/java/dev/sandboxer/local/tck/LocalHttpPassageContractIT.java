package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.HttpPassageContract;

class LocalHttpPassageContractIT extends HttpPassageContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
