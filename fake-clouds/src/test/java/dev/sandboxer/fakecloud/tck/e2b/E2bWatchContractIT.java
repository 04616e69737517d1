package dev.sandboxer.fakecloud.tck.e2b;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.WatchContract;

class E2bWatchContractIT extends WatchContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new E2bFixture();
    }
}
