package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class E2bSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
