package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.local.host.RootSource;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A look-up by tag must not miss a sandbox, because its caller would create another one in its place. */
@Timeout(60)
class FindIT {
    @Test
    void a_sandbox_whose_creator_died_is_found_when_its_launcher_has_finished() throws Exception {
        try (var home = LocalHome.open(RootSource.ofThisHost())) {
            var sandbox = home.create();
            var file = home.folder(sandbox).launchedFile();
            var written = Files.readAllBytes(file);
            try (var launcher = FileChannel.open(file, StandardOpenOption.WRITE)) {
                var lock = launcher.lock();
                launcher.truncate(0);
                var look = new FutureTask<Optional<BackendSandbox>>(
                        () -> home.backend().find(sandbox.tag()));
                var thread = Thread.ofPlatform().start(look);
                await().until(() -> look.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
                assertThat(look.isDone())
                        .as("answered while the launcher was running")
                        .isFalse();
                launcher.write(ByteBuffer.wrap(written));
                lock.release();
                assertThat(look.get()).isPresent();
            }
        }
    }
}
