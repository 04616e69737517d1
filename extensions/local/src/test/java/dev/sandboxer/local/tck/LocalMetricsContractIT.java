package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.lifecycle.MetricsContract;

class LocalMetricsContractIT extends MetricsContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
