package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;

class LocalPauseContractIT extends PauseContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
