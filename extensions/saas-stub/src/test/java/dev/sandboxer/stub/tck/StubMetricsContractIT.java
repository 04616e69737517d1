package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.MetricsContract;

class StubMetricsContractIT extends MetricsContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
