package dev.sandboxer.cli.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.ProcessContract;

class E2bProcessContractIT extends ProcessContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
