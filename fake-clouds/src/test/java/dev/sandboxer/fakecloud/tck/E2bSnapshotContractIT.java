package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;

class E2bSnapshotContractIT extends SnapshotContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
