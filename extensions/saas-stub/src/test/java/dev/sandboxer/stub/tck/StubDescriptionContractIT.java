package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DescriptionContract;

class StubDescriptionContractIT extends DescriptionContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
