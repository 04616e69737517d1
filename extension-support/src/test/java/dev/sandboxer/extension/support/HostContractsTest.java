package dev.sandboxer.extension.support;

import dev.sandboxer.extension.tck.ArgumentContract;
import dev.sandboxer.extension.tck.AttachContract;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.FileContentContract;
import dev.sandboxer.extension.tck.FileNameContract;
import dev.sandboxer.extension.tck.FileOwnerContract;
import dev.sandboxer.extension.tck.FileStatContract;
import dev.sandboxer.extension.tck.FileTreeContract;
import dev.sandboxer.extension.tck.InputContract;
import dev.sandboxer.extension.tck.OutputContract;
import dev.sandboxer.extension.tck.PortContract;
import dev.sandboxer.extension.tck.ProcessContract;
import dev.sandboxer.extension.tck.SignalContract;
import org.junit.jupiter.api.Nested;

/** The contract of sessions in a sandbox with the tools of this machine. */
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
