package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.ProgressContract;

class E2bProgressContractIT extends ProgressContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
