package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ProgressListener;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Requests to create a sandbox: the usual one, and what tests change about it. */
public final class Requests {
    /** Every sandbox of the kit has this variable. */
    public static final String VARIABLE = "TCK_ORIGIN";

    private static final Duration LONG_LIFE = Duration.ofMinutes(10);

    private Requests() {}

    public static CreateRequest usual(ExtensionFixture fixture) {
        var spec = SandboxSpec.builder(new Source.Template(fixture.template()), fixture.size())
                .env(Map.of(VARIABLE, "the sandbox"))
                .build();
        return new CreateRequest(newTag(fixture), spec, in(fixture, LONG_LIFE));
    }

    public static SandboxTag newTag(ExtensionFixture fixture) {
        var id = new BigInteger(80, ThreadLocalRandom.current()).toString(36);
        return new SandboxTag(fixture.context().installation(), id, 1);
    }

    /** An instant as coarse as any backend keeps it. */
    public static Instant in(ExtensionFixture fixture, Duration life) {
        return fixture.context().clock().instant().plus(life).truncatedTo(ChronoUnit.SECONDS);
    }

    public static CreateRequest with(CreateRequest it, UnaryOperator<SandboxSpec.Builder> change) {
        var spec = change.apply(it.spec().toBuilder()).build();
        return new CreateRequest(it.tag(), spec, it.deadline(), it.progress(), it.consumer());
    }

    public static CreateRequest withTemplate(CreateRequest it, String template) {
        return with(it, spec -> spec.source(new Source.Template(template)));
    }

    public static CreateRequest withSize(CreateRequest it, SandboxSize size) {
        return with(it, spec -> spec.size(size));
    }

    public static CreateRequest withNetwork(CreateRequest it, NetworkRules network) {
        return with(it, spec -> spec.network(network));
    }

    public static CreateRequest withDeadline(CreateRequest it, Instant deadline) {
        return new CreateRequest(it.tag(), it.spec(), deadline, it.progress(), it.consumer());
    }

    public static CreateRequest withProgress(CreateRequest it, ProgressListener progress) {
        return new CreateRequest(it.tag(), it.spec(), it.deadline(), progress, it.consumer());
    }
}
