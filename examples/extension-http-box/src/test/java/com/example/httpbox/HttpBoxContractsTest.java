package com.example.httpbox;

import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.extension.tck.file.FileContentContract;
import dev.sandboxer.extension.tck.file.FileNameContract;
import dev.sandboxer.extension.tck.file.FileOwnerContract;
import dev.sandboxer.extension.tck.file.FileStatContract;
import dev.sandboxer.extension.tck.file.FileTreeContract;
import dev.sandboxer.extension.tck.file.WatchContract;
import dev.sandboxer.extension.tck.lifecycle.DeadlineContract;
import dev.sandboxer.extension.tck.lifecycle.DescriptionContract;
import dev.sandboxer.extension.tck.lifecycle.LifecycleContract;
import dev.sandboxer.extension.tck.lifecycle.MetricsContract;
import dev.sandboxer.extension.tck.lifecycle.PauseContract;
import dev.sandboxer.extension.tck.lifecycle.ProgressContract;
import dev.sandboxer.extension.tck.lifecycle.SizeContract;
import dev.sandboxer.extension.tck.lifecycle.SnapshotContract;
import dev.sandboxer.extension.tck.lifecycle.SupportContract;
import dev.sandboxer.extension.tck.lifecycle.VariablesContract;
import dev.sandboxer.extension.tck.network.HttpPassageContract;
import dev.sandboxer.extension.tck.network.NetworkContract;
import dev.sandboxer.extension.tck.network.PortContract;
import dev.sandboxer.extension.tck.process.ArgumentContract;
import dev.sandboxer.extension.tck.process.AttachContract;
import dev.sandboxer.extension.tck.process.InputContract;
import dev.sandboxer.extension.tck.process.OutputContract;
import dev.sandboxer.extension.tck.process.ProcessContract;
import dev.sandboxer.extension.tck.process.PtyContract;
import dev.sandboxer.extension.tck.process.SignalContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs the whole test kit. Tests of undeclared capabilities are skipped and print the reason. */
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "the service needs root")
class HttpBoxContractsTest {
    @Nested
    class Argument extends ArgumentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Attach extends AttachContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Deadline extends DeadlineContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Description extends DescriptionContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class FileContent extends FileContentContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class FileName extends FileNameContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class FileOwner extends FileOwnerContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class FileStat extends FileStatContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class FileTree extends FileTreeContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class HttpPassage extends HttpPassageContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Input extends InputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Metrics extends MetricsContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Network extends NetworkContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Output extends OutputContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Pause extends PauseContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Port extends PortContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Process extends ProcessContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Progress extends ProgressContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Pty extends PtyContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Signal extends SignalContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Size extends SizeContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Snapshot extends SnapshotContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Support extends SupportContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Variables extends VariablesContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }

    @Nested
    class Watch extends WatchContract {
        @Override
        protected ExtensionFixture openFixture() {
            return new HttpBoxFixture();
        }
    }
}
