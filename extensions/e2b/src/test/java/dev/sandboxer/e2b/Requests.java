package dev.sandboxer.e2b;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Requests to create a sandbox. */
public final class Requests {
    private Requests() {}

    public static CreateRequest usual() {
        return with("base", Duration.ofHours(1), NetworkRules.ALLOW_ALL);
    }

    public static CreateRequest with(String template, Duration life, NetworkRules network) {
        var spec = SandboxSpec.builder(new Source.Template(template), new SandboxSize(1000, 512, 1024))
                .env(Map.of("NAME", "value"))
                .network(network)
                .build();
        return with(spec, life);
    }

    public static CreateRequest with(SandboxSpec spec, Duration life) {
        return new CreateRequest(
                new SandboxTag("inst", "sb", 1), spec, Instant.now().plus(life));
    }
}
