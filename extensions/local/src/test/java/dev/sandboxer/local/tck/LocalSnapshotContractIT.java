package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;

class LocalSnapshotContractIT extends SnapshotContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
