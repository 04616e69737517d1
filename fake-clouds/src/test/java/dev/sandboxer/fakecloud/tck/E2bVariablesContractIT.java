package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class E2bVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
