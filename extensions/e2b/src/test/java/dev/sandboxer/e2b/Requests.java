package dev.sandboxer.e2b;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Requests to create a sandbox. */
final class Requests {
    private Requests() {}

    static CreateRequest usual() {
        return with("base", Duration.ofHours(1), NetworkPolicy.BACKEND_DEFAULT);
    }

    static CreateRequest with(String template, Duration life, NetworkPolicy network) {
        return new CreateRequest(
                new SandboxTag("inst", "sb", 1),
                template,
                new SandboxSize(1000, 512, 1024),
                Instant.now().plus(life),
                Map.of("NAME", "value"),
                network,
                true);
    }
}
