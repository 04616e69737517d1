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

/** Builds requests to create a sandbox: the kit's default request and variations of it. */
public final class Requests {
    /** A variable that every default request sets. */
    public static final String VARIABLE = "TCK_ORIGIN";

    private static final Duration LONG_LIFE = Duration.ofMinutes(10);

    private Requests() {}

    /**
     * {@return the default request: the fixture's template and size, one variable, a deadline in ten minutes}
     *
     * @param fixture the fixture of the extension under test
     */
    public static CreateRequest defaultRequest(ExtensionFixture fixture) {
        var spec = SandboxSpec.builder(new Source.Template(fixture.template()), fixture.size())
                .env(Map.of(VARIABLE, "the sandbox"))
                .build();
        return new CreateRequest(newTag(fixture), spec, in(fixture, LONG_LIFE));
    }

    /**
     * {@return a tag that was never used}
     *
     * @param fixture the fixture of the extension under test
     */
    public static SandboxTag newTag(ExtensionFixture fixture) {
        var id = new BigInteger(80, ThreadLocalRandom.current()).toString(36);
        return new SandboxTag(fixture.context().installation(), id, 1);
    }

    /**
     * Returns an instant in the future, truncated to whole seconds, because some backends don't store fractions.
     *
     * @param fixture the fixture of the extension under test
     * @param life the time from now
     * @return the instant
     */
    public static Instant in(ExtensionFixture fixture, Duration life) {
        return fixture.context().clock().instant().plus(life).truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * {@return the request with another spec}
     *
     * @param it the request to begin with
     * @param change what to change
     */
    public static CreateRequest with(CreateRequest it, UnaryOperator<SandboxSpec.Builder> change) {
        var spec = change.apply(it.spec().toBuilder()).build();
        return new CreateRequest(it.tag(), spec, it.deadline(), it.progress(), it.consumer());
    }

    /**
     * {@return the request with another template}
     *
     * @param it the request to begin with
     * @param template the new template
     */
    public static CreateRequest withTemplate(CreateRequest it, String template) {
        return with(it, spec -> spec.source(new Source.Template(template)));
    }

    /**
     * {@return the request with another size}
     *
     * @param it the request to begin with
     * @param size the new one
     */
    public static CreateRequest withSize(CreateRequest it, SandboxSize size) {
        return with(it, spec -> spec.size(size));
    }

    /**
     * {@return the request with other network rules}
     *
     * @param it the request to begin with
     * @param network the new rules
     */
    public static CreateRequest withNetwork(CreateRequest it, NetworkRules network) {
        return with(it, spec -> spec.network(network));
    }

    /**
     * {@return the request with another deadline}
     *
     * @param it the request to begin with
     * @param deadline the new one
     */
    public static CreateRequest withDeadline(CreateRequest it, Instant deadline) {
        return new CreateRequest(it.tag(), it.spec(), deadline, it.progress(), it.consumer());
    }

    /**
     * {@return the request with a listener}
     *
     * @param it the request to begin with
     * @param progress the listener
     */
    public static CreateRequest withProgress(CreateRequest it, ProgressListener progress) {
        return new CreateRequest(it.tag(), it.spec(), it.deadline(), progress, it.consumer());
    }
}
