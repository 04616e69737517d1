package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Requests to create a sandbox: the usual one, and what tests change about it. */
final class Requests {
    /** Every sandbox of the kit has this variable. */
    static final String VARIABLE = "TCK_ORIGIN";

    private static final Duration LONG_LIFE = Duration.ofMinutes(10);

    private Requests() {}

    static CreateRequest usual(ExtensionFixture fixture) {
        return new CreateRequest(
                newTag(fixture),
                fixture.template(),
                fixture.size(),
                in(fixture, LONG_LIFE),
                Map.of(VARIABLE, "the sandbox"),
                NetworkPolicy.BACKEND_DEFAULT,
                true);
    }

    static SandboxTag newTag(ExtensionFixture fixture) {
        var id = new BigInteger(80, ThreadLocalRandom.current()).toString(36);
        return new SandboxTag(fixture.context().installation(), id, 1);
    }

    /** An instant as coarse as any backend keeps it. */
    static Instant in(ExtensionFixture fixture, Duration life) {
        return fixture.context().clock().instant().plus(life).truncatedTo(ChronoUnit.SECONDS);
    }

    static CreateRequest withTemplate(CreateRequest it, String template) {
        return new CreateRequest(
                it.tag(), template, it.size(), it.deadline(), it.env(), it.network(), it.publicPorts());
    }

    static CreateRequest withSize(CreateRequest it, SandboxSize size) {
        return new CreateRequest(
                it.tag(), it.template(), size, it.deadline(), it.env(), it.network(), it.publicPorts());
    }

    static CreateRequest withDeadline(CreateRequest it, Instant deadline) {
        return new CreateRequest(
                it.tag(), it.template(), it.size(), deadline, it.env(), it.network(), it.publicPorts());
    }

    static CreateRequest withNetwork(CreateRequest it, NetworkPolicy network) {
        return new CreateRequest(
                it.tag(), it.template(), it.size(), it.deadline(), it.env(), network, it.publicPorts());
    }
}
