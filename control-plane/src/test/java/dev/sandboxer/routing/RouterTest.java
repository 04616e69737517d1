package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterTest {
    private static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));

    private static final Quote FREE = Quote.of(Tariff.free(), TestInstallation.SIZE, TestInstallation.TTL);
    private static final SandboxSpec BASE = SandboxSpec.builder(new Source.Template("base"), TestInstallation.SIZE)
            .network(NetworkRules.DENY_ALL)
            .build();

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private final FakeExtension one = FakeExtension.named("one", CLOCK);
    private final FakeExtension two = FakeExtension.named("two", CLOCK);

    @Test
    void every_extension_of_the_route_gets_a_verdict_in_its_order() {
        assertThat(route(TestInstallation.profile(two.id(), one.id()), id -> true, one, two))
                .containsExactly(
                        new Eligible(two.id(), BASE, FREE, null, null, TestInstallation.TTL, ""),
                        new Eligible(one.id(), BASE, FREE, null, null, TestInstallation.TTL, ""));
    }

    @Test
    void a_disabled_extension_is_skipped() {
        assertThat(route(TestInstallation.profile(one.id(), two.id()), id -> !id.equals(one.id()), one, two))
                .containsExactly(
                        new Skipped(one.id(), Code.DISABLED, "switched off in the configuration"),
                        new Eligible(two.id(), BASE, FREE, null, null, TestInstallation.TTL, ""));
    }

    @Test
    void an_extension_that_is_not_installed_is_skipped() {
        assertThat(route(TestInstallation.profile(one.id(), two.id()), id -> true, two))
                .first()
                .isEqualTo(new Skipped(one.id(), Code.DISABLED, "not installed"));
    }

    @Test
    void an_extension_that_cannot_deny_the_network_is_skipped_only_when_it_must_be_denied() {
        var open = one.with(EnumSet.of(Capability.EXTEND));
        var denying = TestInstallation.profile(one.id());
        var lenient = denying.toBuilder().network(NetworkRules.ALLOW_ALL).build();

        assertThat(route(denying, id -> true, open))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict)
                        .isInstanceOfSatisfying(
                                Skipped.class,
                                skipped -> assertThat(skipped.code()).isEqualTo(Code.CAPABILITY_MISSING)));
        assertThat(route(lenient, id -> true, open)).singleElement().isInstanceOf(Eligible.class);
    }

    @Test
    void an_extension_without_a_network_says_so_unless_the_network_is_denied() {
        var lenient = TestInstallation.profile(one.id()).toBuilder()
                .network(NetworkRules.ALLOW_ALL)
                .build();
        var without = one.with(EnumSet.of(Capability.EXTEND));
        var with = one.with(EnumSet.of(Capability.EXTEND, Capability.NETWORK_ALLOW));

        assertThat(route(lenient, id -> true, without).getFirst().reason()).contains("its sandboxes have no network");
        assertThat(route(lenient, id -> true, with).getFirst().reason()).doesNotContain("no network");
    }

    @Test
    void an_option_that_a_backend_cannot_honour_disqualifies_it() {
        var wish = SandboxSpec.builder(
                        new Source.Template("base"), new SandboxSize(1000, 512, 1024, new Gpu(1, "H100")))
                .build();
        var profile = TestInstallation.profile(one.id());
        var requirements = new Requirements(
                Requester.of(TestInstallation.ME), template -> wish, Set.of(), profile.ttl(), null, null, null);
        var installation = new TestInstallation(home);
        try (var process = installation.start(List.of(one))) {
            assertThat(process.router().route(profile, requirements).verdicts())
                    .containsExactly(new Skipped(one.id(), Code.CAPABILITY_MISSING, "has no GPUs"));
        }
    }

    @Test
    void an_idle_timeout_needs_a_backend_that_has_one_or_can_move_deadlines() {
        var idle = BASE.toBuilder().idleTimeout(Duration.ofMinutes(5)).build();
        var keeps = FakeExtension.named("keeps", CLOCK)
                .with(EnumSet.of(Capability.SIZE, Capability.NETWORK_DENY, Capability.IDLE_TIMEOUT));
        var neither = FakeExtension.named("neither", CLOCK).with(EnumSet.of(Capability.SIZE, Capability.NETWORK_DENY));
        var profile = TestInstallation.profile(neither.id(), one.id(), keeps.id());
        var requirements = new Requirements(
                Requester.of(TestInstallation.ME), template -> idle, Set.of(), profile.ttl(), null, null, null);
        try (var process = new TestInstallation(home).start(List.of(neither, one, keeps))) {
            var verdicts = process.router().route(profile, requirements).verdicts();
            assertThat(verdicts.getFirst())
                    .isEqualTo(new Skipped(neither.id(), Code.CAPABILITY_MISSING, "can't end idle sandboxes"));
            assertThat(verdicts.subList(1, 3))
                    .extracting(verdict -> ((Eligible) verdict).spec())
                    .containsExactly(BASE, idle);
        }
    }

    @Test
    void routing_calls_no_backend() {
        one.cloud().watch(point -> {
            throw new AssertionError("asked: " + point);
        });
        assertThat(route(TestInstallation.profile(one.id()), id -> true, one)).hasSize(1);
    }

    @Test
    void codes_read_as_in_the_documentation() {
        assertThat(Code.NO_CREDENTIAL.text()).isEqualTo("no_credential");
        assertThat(Code.CAPABILITY_MISSING.text()).isEqualTo("capability_missing");
    }

    private List<Verdict> route(Profile profile, Predicate<ExtensionId> enabled, Extension... installed) {
        var installation = new TestInstallation(home);
        try (var process = installation.start(List.of(installed))) {
            var credentials = new CredentialRouter(process.credentials());
            return new Router(
                            process.registry(),
                            credentials,
                            enabled,
                            new Prices(RateFile.of(new RateCards("USD", List.of())), CLOCK),
                            Credits.UNLIMITED,
                            (accounts, most) -> Map.of(),
                            CLOCK)
                    .route(profile, Requirements.of(Requester.of(TestInstallation.ME), profile))
                    .verdicts();
        }
    }
}
