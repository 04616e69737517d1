package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.process.PtyContract;

class ModalPtyContractIT extends PtyContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
