package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;

class LocalSizeContractIT extends SizeContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
