package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.AttachContract;

class StubAttachContractIT extends AttachContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
