package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;

class E2bPauseContractIT extends PauseContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
