package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.MetricsContract;

class ModalMetricsContractIT extends MetricsContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ModalFixture();
    }
}
