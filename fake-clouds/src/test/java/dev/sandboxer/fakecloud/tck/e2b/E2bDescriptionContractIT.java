package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DescriptionContract;

class E2bDescriptionContractIT extends DescriptionContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
