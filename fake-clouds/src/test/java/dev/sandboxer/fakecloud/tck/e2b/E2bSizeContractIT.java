package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class E2bSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
