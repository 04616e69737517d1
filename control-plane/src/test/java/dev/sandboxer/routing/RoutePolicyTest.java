package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.credentials.CredentialRouter;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.routing.PastAttempt.Result;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which eligible extensions are tried. */
class RoutePolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final SettableClock CLOCK = new SettableClock(NOW);

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private final FakeExtension free = FakeExtension.named("free", CLOCK);
    private final FakeExtension dear = FakeExtension.keyed("dear", CLOCK);
    private final FakeExtension cheap = FakeExtension.keyed("cheap", CLOCK);
    private final FakeExtension unpriced = FakeExtension.keyed("unpriced", CLOCK);
    private final Map<ExtensionId, List<PastAttempt>> history = new HashMap<>();

    @Test
    void by_default_the_order_of_the_route_holds() {
        assertThat(tried(RoutePolicy.ORDER, null)).containsExactly("ext.unpriced", "ext.dear", "ext.cheap", "ext.free");
    }

    @Test
    void the_cheapest_is_tried_first_and_one_without_a_known_price_last() {
        assertThat(tried(RoutePolicy.CHEAPEST, null))
                .containsExactly("ext.free", "ext.cheap", "ext.dear", "ext.unpriced");
    }

    @Test
    void the_fastest_is_tried_first_after_unmeasured_ones() {
        made(dear, 100);
        made(cheap, 900);
        made(free, 400);
        assertThat(tried(RoutePolicy.FASTEST, null))
                .containsExactly("ext.unpriced", "ext.dear", "ext.free", "ext.cheap");
    }

    @Test
    void the_extension_that_a_request_names_is_tried_first_and_the_others_stay() {
        assertThat(tried(RoutePolicy.CHEAPEST, new Preference(dear.id(), false)))
                .containsExactly("ext.dear", "ext.free", "ext.cheap", "ext.unpriced");
    }

    @Test
    void a_locked_extension_is_the_only_one() {
        var route = route(RoutePolicy.ORDER, new Preference(dear.id(), true));
        assertThat(tried(route)).containsExactly("ext.dear");
        assertThat(route.verdicts())
                .filteredOn(Verdict.Skipped.class::isInstance)
                .allSatisfy(verdict -> {
                    assertThat(((Verdict.Skipped) verdict).code()).isEqualTo(Code.DISABLED);
                    assertThat(verdict.reason()).isEqualTo("the request is for ext.dear only");
                });
    }

    @Test
    void an_extension_outside_the_route_is_an_error_that_names_the_route() {
        assertThatThrownBy(() -> route(RoutePolicy.ORDER, new Preference(new ExtensionId("ext.other"), false)))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_EXTENSION))
                .hasMessageContaining("[ext.unpriced, ext.dear, ext.cheap, ext.free]");
    }

    @Test
    void an_account_with_an_open_circuit_is_skipped_and_says_why() {
        history.put(dear.id(), List.of(new PastAttempt(NOW, NOW, Result.DECLINED, NOW.plusSeconds(9), "too many")));
        var route = route(RoutePolicy.ORDER, null);
        assertThat(tried(route)).containsExactly("ext.unpriced", "ext.cheap", "ext.free");
        assertThat(route.verdicts().get(1))
                .isEqualTo(
                        new Verdict.Skipped(dear.id(), Code.CIRCUIT_OPEN, "asked to wait until 2026-11-24T12:00:09Z"));
    }

    @Test
    void a_quote_has_the_price_per_hour_and_the_worst_case_for_the_time_to_live() {
        var quote = route(RoutePolicy.CHEAPEST, null).verdicts().stream()
                .map(Eligible.class::cast)
                .filter(eligible -> eligible.extension().equals(cheap.id()))
                .findFirst()
                .orElseThrow()
                .quote();
        assertThat(quote.perHour()).hasToString("3.6");
        assertThat(quote.worstCase()).hasToString("0.6");
    }

    private void made(FakeExtension extension, long millis) {
        history.put(extension.id(), List.of(new PastAttempt(NOW.minusMillis(millis), NOW, Result.CREATED, null, null)));
    }

    private List<String> tried(RoutePolicy policy, @Nullable Preference preference) {
        return tried(route(policy, preference));
    }

    private static List<String> tried(Route route) {
        return route.verdicts().stream()
                .filter(Eligible.class::isInstance)
                .map(verdict -> verdict.extension().value())
                .toList();
    }

    private Route route(RoutePolicy policy, @Nullable Preference preference) {
        var installation = new TestInstallation(home);
        for (String name : List.of("DEAR", "CHEAP", "UNPRICED")) {
            installation.environment().put(name + "_KEY", "key_" + name + "0000");
        }
        var profile = TestInstallation.profile(unpriced.id(), dear.id(), cheap.id(), free.id()).toBuilder()
                .policy(policy)
                .build();
        var cards = new RateCards("USD", List.of(card(dear, "0.002"), card(cheap, "0.001")));
        try (var process = installation.start(List.of(free, dear, cheap, unpriced))) {
            var router = new Router(
                    process.registry(),
                    new CredentialRouter(process.credentials()),
                    id -> true,
                    new Prices(RateFile.of(cards), CLOCK),
                    Credits.UNLIMITED,
                    (accounts, most) -> accounts.stream()
                            .collect(Collectors.toMap(
                                    account -> account,
                                    account -> history.getOrDefault(account.extension(), List.of()))),
                    CLOCK);
            return router.route(profile, requirements(profile, preference));
        }
    }

    private static Requirements requirements(Profile profile, @Nullable Preference preference) {
        var plain = Requirements.of(Requester.of(TestInstallation.ME), profile);
        return new Requirements(plain.requester(), plain.spec(), Set.of(), profile.ttl(), null, preference, null);
    }

    /** Returns a rate card with a price per CPU and second; memory is free. */
    private static RateCard card(FakeExtension extension, String cpuSecond) {
        return new RateCard(
                extension.id() + "-1",
                extension.id(),
                Instant.EPOCH,
                new BigDecimal(cpuSecond),
                BigDecimal.ZERO,
                Map.of(),
                Map.of(),
                BigDecimal.ZERO);
    }
}
