package dev.sandboxer.extension.support;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;
import dev.sandboxer.extension.tck.file.FileNameContract;
import dev.sandboxer.extension.tck.file.FileStatContract;
import dev.sandboxer.extension.tck.process.ArgumentContract;
import dev.sandboxer.extension.tck.process.AttachContract;
import dev.sandboxer.extension.tck.process.InputContract;
import dev.sandboxer.extension.tck.process.OutputContract;
import dev.sandboxer.extension.tck.process.ProcessContract;
import org.junit.jupiter.api.Nested;

/**
 * Runs the session contracts in a sandbox that has only BusyBox, except those whose commands need other tools. {@link BusyBoxTest} covers
 * the rest.
 */
@NeedsContainer
class BusyBoxContractsTest {
    @Nested
    class FileContent extends FileContentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class FileName extends FileNameContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class FileStat extends FileStatContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class Process extends ProcessContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class Argument extends ArgumentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class Input extends InputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class Output extends OutputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }

    @Nested
    class Attach extends AttachContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new ContainerFixture(Container.Image.BUSYBOX);
        }
    }
}
