package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.DescriptionContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class E2bDescriptionContractIT extends DescriptionContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
