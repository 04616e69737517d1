package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.payments.Money;
import dev.sandboxer.testing.SmallDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskChargesTest {
    @TempDir
    private Path home;

    @Test
    void a_sandbox_whose_end_could_not_be_stored_is_charged_until_it_ended() throws IOException {
        try (var _ = SmallDisk.on(home, 4);
                var paid = new PaidSandboxes(home)) {
            paid.grant("10");
            var sandbox = paid.create();
            paid.pass(Duration.ofSeconds(30));
            fill();
            assertThatThrownBy(() -> paid.destroy(sandbox))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            Files.delete(ballast());
            paid.pass(Duration.ofMinutes(3));

            paid.process().sandboxes().repair().recordEnds(); // as the meter's job does
            paid.tick();

            assertThat(paid.find(sandbox).reason()).isEqualTo(EndReason.KILLED);
            assertThat(paid.consumed()).isEqualTo(Money.parse("0.04"));
            assertThat(paid.held()).isEqualTo(Money.ZERO);
            paid.audit();
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private Path ballast() {
        return home.resolve("ballast");
    }
}
