package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.ProgressContract;

class StubProgressContractIT extends ProgressContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
