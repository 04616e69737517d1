package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class E2bVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
