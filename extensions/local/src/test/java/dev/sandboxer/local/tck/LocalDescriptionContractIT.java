package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.DescriptionContract;
import dev.sandboxer.extension.tck.ExtensionFixture;

class LocalDescriptionContractIT extends DescriptionContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
