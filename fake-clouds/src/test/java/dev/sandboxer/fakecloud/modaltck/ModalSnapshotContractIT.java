package dev.sandboxer.fakecloud.modaltck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;

class ModalSnapshotContractIT extends SnapshotContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedModal();
    }
}
