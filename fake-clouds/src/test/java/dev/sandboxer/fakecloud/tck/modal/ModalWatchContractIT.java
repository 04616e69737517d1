package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.WatchContract;

class ModalWatchContractIT extends WatchContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
