package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.TreeDeleter;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** A sandbox of root on a host without loop devices. */
class TreeRootIT {
    @Test
    void a_sandbox_without_a_disk_image_lives_in_a_directory() throws Exception {
        assumeTrue(HostUser.isRoot(), "needs root");
        var directory = Files.createTempDirectory("sbx");
        var context = new ExtensionContext("test", directory, InstantSource.system());
        try (var backend = new LocalBackend(
                new LocalExtension(), context, RootSource.TREE, HostNetwork.none(), Timeouts.DEFAULT)) {
            var made = backend.create(new CreateRequest(
                    new SandboxTag("test", "tree", 1),
                    SandboxSpec.builder(new Source.Template("base"), new SandboxSize(1000, 128, 64))
                            .network(NetworkRules.DENY_ALL)
                            .build(),
                    Instant.now().plusSeconds(60)));
            try (var session = backend.connect(made.ref());
                    var process = session.processes()
                            .start(ProcessSpec.of("sh", "-c", "echo x > note; sudo id -un; stat -c %U / note /etc"))) {
                var output = new StringBuilder();
                while (process.next(null) instanceof ProcessEvent.Output(var channel, var bytes)) {
                    output.append(new String(bytes, StandardCharsets.UTF_8));
                }
                assertThat(output.toString()).isEqualTo("root\nroot\nuser\nroot\n");
            }
            backend.destroy(made.ref());
            assertThat(backend.list()).isEmpty();
        } finally {
            TreeDeleter.delete(directory);
        }
    }
}
