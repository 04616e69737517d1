package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Contract for sizes: a sandbox has the requested size, and survives running out of memory or disk. */
public abstract class SizeContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected SizeContract() {}

    private static final long MIB = 1 << 20;

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.SIZE);
    }

    @Test
    void the_size_asked_for_is_the_size_reported() {
        for (var size : new SandboxSize[] {fixture().size(), fixture().smallSize()}) {
            var box = create(Requests.withSize(request(), size));
            assertThat(box.sandbox().size()).isEqualTo(size);
            assertThat(backend().find(box.sandbox().tag()))
                    .map(BackendSandbox::size)
                    .contains(size);
            destroy(box);
        }
    }

    @Test
    void a_process_that_runs_out_of_memory_ends_and_the_sandbox_goes_on() {
        var box = small();
        var wanted = fixture().smallSize().memoryMiB() * 3 * MIB;
        // tail buffers input without line ends in memory
        var captured = box.sh("head -c " + wanted + " /dev/zero | tail | wc -c");
        assertThat(captured.out().strip()).isNotEqualTo(Long.toString(wanted));
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void a_full_disk_is_reported_and_leaves_no_new_file() {
        var box = small();
        var tooMuch = fixture().smallSize().diskMiB() * 2 * MIB;
        var path = box.newPath();
        Failures.refuses(Reason.NO_SPACE, () -> box.files().write(path, WriteOptions.DEFAULT, zeros(tooMuch)));
        Failures.refuses(Reason.NOT_FOUND, () -> box.files().stat(path, null));
        var captured = box.sh("head -c " + tooMuch + " /dev/zero >\"$1\"", path);
        assertThat(captured.status()).isNotZero();
        assertThat(box.files().stat(path, null).size()).isLessThan(tooMuch);
        box.files().remove(path, null);
        box.write(path, "room again");
        assertThat(box.text(path)).isEqualTo("room again");
        destroy(box);
    }

    private Box small() {
        return create(Requests.withSize(request(), fixture().smallSize()));
    }

    private static InputStream zeros(long length) {
        return new InputStream() {
            private long left = length;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int wanted) {
                if (left <= 0) {
                    return -1;
                }
                int count = (int) Math.min(wanted, left);
                left -= count;
                return count;
            }
        };
    }
}
