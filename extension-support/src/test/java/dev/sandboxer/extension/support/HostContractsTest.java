package dev.sandboxer.extension.support;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;
import dev.sandboxer.extension.tck.file.FileNameContract;
import dev.sandboxer.extension.tck.file.FileOwnerContract;
import dev.sandboxer.extension.tck.file.FileStatContract;
import dev.sandboxer.extension.tck.file.FileTreeContract;
import dev.sandboxer.extension.tck.network.PortContract;
import dev.sandboxer.extension.tck.process.ArgumentContract;
import dev.sandboxer.extension.tck.process.AttachContract;
import dev.sandboxer.extension.tck.process.InputContract;
import dev.sandboxer.extension.tck.process.OutputContract;
import dev.sandboxer.extension.tck.process.ProcessContract;
import dev.sandboxer.extension.tck.process.SignalContract;
import org.junit.jupiter.api.Nested;

/** Runs the session contracts in a sandbox that has this machine's tools. */
@NeedsContainer
class HostContractsTest {
    @Nested
    class FileContent extends FileContentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class FileName extends FileNameContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class FileOwner extends FileOwnerContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class FileStat extends FileStatContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class FileTree extends FileTreeContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Process extends ProcessContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Argument extends ArgumentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Input extends InputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Output extends OutputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Signal extends SignalContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Attach extends AttachContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }

    @Nested
    class Port extends PortContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.HOST);
        }
    }
}
