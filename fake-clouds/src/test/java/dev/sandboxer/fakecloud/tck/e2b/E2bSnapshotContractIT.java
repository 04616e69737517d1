package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;

class E2bSnapshotContractIT extends SnapshotContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
