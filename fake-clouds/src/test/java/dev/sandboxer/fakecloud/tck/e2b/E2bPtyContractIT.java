package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.PtyContract;

class E2bPtyContractIT extends PtyContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
