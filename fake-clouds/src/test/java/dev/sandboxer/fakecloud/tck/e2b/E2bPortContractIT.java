package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.network.PortContract;

class E2bPortContractIT extends PortContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
