package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.MetricsContract;

class E2bMetricsContractIT extends MetricsContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
