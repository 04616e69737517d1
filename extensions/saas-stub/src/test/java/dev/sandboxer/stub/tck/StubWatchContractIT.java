package dev.sandboxer.stub.tck;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.WatchContract;

class StubWatchContractIT extends WatchContract {
    @Override
    protected ExtensionFixture openFixture() {
        return new StubFixture();
    }
}
