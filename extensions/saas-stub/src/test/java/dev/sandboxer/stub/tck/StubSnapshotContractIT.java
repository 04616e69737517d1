package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;

class StubSnapshotContractIT extends SnapshotContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
