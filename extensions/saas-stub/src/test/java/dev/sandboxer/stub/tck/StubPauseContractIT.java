package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;

class StubPauseContractIT extends PauseContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
