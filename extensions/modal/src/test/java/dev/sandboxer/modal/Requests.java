package dev.sandboxer.modal;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.ProgressListener;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests to create a sandbox. */
final class Requests {
    static final SandboxTag TAG = new SandboxTag("inst", "sb", 1);
    static final Source IMAGE = new Source.Image("debian:13", null);

    private Requests() {}

    static SandboxSpec.Builder spec() {
        return SandboxSpec.builder(IMAGE, new SandboxSize(1000, 512, 1024)).env(Map.of("NAME", "value"));
    }

    static SandboxSpec gpu(int count, String... types) {
        return spec().size(new SandboxSize(1000, 512, 1024, new Gpu(count, List.of(types))))
                .build();
    }

    static CreateRequest usual() {
        return of(TAG, spec().build());
    }

    static CreateRequest of(SandboxTag tag, SandboxSpec spec) {
        return new CreateRequest(tag, spec, Instant.now().plus(Duration.ofHours(1)));
    }

    static CreateRequest by(SandboxTag tag, @Nullable String consumer) {
        var deadline = Instant.now().plus(Duration.ofHours(1));
        return new CreateRequest(tag, spec().build(), deadline, ProgressListener.NONE, consumer);
    }

    static CreateRequest told(SandboxSpec spec, List<CreationProgress> events) {
        ProgressListener listener = events::add;
        return new CreateRequest(TAG, spec, Instant.now().plus(Duration.ofHours(1)), listener);
    }

    static CreateRequest living(Duration life) {
        return new CreateRequest(TAG, spec().build(), Instant.now().plus(life));
    }
}
