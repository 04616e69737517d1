package dev.sandboxer.local.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.WatchContract;

class LocalWatchContractIT extends WatchContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new LocalFixture();
    }
}
