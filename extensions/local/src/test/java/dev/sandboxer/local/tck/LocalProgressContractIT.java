package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.ProgressContract;

class LocalProgressContractIT extends ProgressContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
