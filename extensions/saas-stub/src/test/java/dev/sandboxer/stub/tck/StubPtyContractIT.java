package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.PtyContract;

class StubPtyContractIT extends PtyContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
