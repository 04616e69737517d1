package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.PtyContract;

class LocalPtyContractIT extends PtyContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
