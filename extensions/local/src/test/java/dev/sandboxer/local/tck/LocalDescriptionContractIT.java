package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.DescriptionContract;

class LocalDescriptionContractIT extends DescriptionContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
