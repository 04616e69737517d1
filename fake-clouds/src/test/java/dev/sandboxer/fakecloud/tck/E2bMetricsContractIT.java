package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.MetricsContract;

class E2bMetricsContractIT extends MetricsContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new ServedE2b();
    }
}
