package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;

class StubVariablesContractIT extends VariablesContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
