package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class LocalVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
