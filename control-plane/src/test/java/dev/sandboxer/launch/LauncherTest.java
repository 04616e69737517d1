package dev.sandboxer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.testing.FakeProcesses;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LauncherTest {
    private final AtomicInteger probes = new AtomicInteger();

    @Test
    void an_interrupt_ends_the_wait_for_a_port_at_once() {
        var launch = new Launch("serve", new ReadyCheck(new Probe.Port(80), Duration.ofSeconds(1)));
        var launcher = new Launcher(new NeverReady(), launch, Sleeper.REAL);

        assertThatThrownBy(() -> launcher.start(Duration.ofSeconds(1))).isInstanceOf(InterruptedException.class);
        assertThat(probes).hasValue(1);
    }

    /** A sandbox whose start command runs for ever and never listens. The first probe interrupts the caller. */
    private final class NeverReady implements Session {
        @Override
        public Processes processes() {
            return new FakeProcesses(() -> {}, spec -> new FakeProcesses.Act("", null));
        }

        @Override
        public SandboxFiles files() {
            throw new OperationException(OperationException.Reason.UNSUPPORTED, "no files here");
        }

        @Override
        public Ports ports() {
            return port -> {
                if (probes.incrementAndGet() == 1) {
                    Thread.currentThread().interrupt();
                }
                throw new OperationException(OperationException.Reason.REFUSED, "nothing listens");
            };
        }

        @Override
        public void close() {}
    }
}
