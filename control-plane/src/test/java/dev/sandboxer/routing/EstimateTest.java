package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.rates.PriceRules;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.routing.EstimateView.CandidateView;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimates, where the first extension is free and the second costs 0.001 per second and 0.01 per creation. */
class EstimateTest {
    private static final String ME = TestInstallation.ME;
    private static final ExtensionId SECOND = new ExtensionId("ext.second");
    private static final RateCards CARDS = new RateCards(
            "EUR",
            List.of(new RateCard(
                    "test-1",
                    SECOND,
                    Instant.EPOCH,
                    new BigDecimal("0.001"),
                    BigDecimal.ZERO,
                    Map.of(),
                    Map.of(),
                    new BigDecimal("0.01"))),
            List.of(),
            PriceRules.NONE,
            Map.of(),
            Duration.ofMinutes(1));

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private TestInstallation installation;
    private ControlPlane process;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        installation.charge();
        installation.price(CARDS);
        process = installation.start();
    }

    @AfterEach
    void stop() {
        process.close();
    }

    private EstimateView estimate(Duration ttl) {
        var profile = installation.profile();
        var route = process.router()
                .route(profile, Requirements.of(Requester.of(ME), profile).withTtl(ttl));
        var prices = new Prices(RateFile.of(CARDS), installation.clock());
        return EstimateView.of(route, ME, process.ledger().balance(ME).available(), null, prices);
    }

    private CandidateView second(Duration ttl) {
        return estimate(ttl).candidates().stream()
                .filter(candidate -> candidate.extension().equals("ext.second"))
                .findFirst()
                .orElseThrow();
    }

    private void grant(String amount) {
        process.ledger().grant(new Grant.Request("g" + amount, ME, Grant.Kind.PAID, Money.parse(amount), 0, null, ""));
    }

    @Test
    void for_a_consumer_that_can_pay_for_all_the_whole_cost_is_held() {
        grant("10");
        var view = estimate(Duration.ofMinutes(10));
        assertThat(view.currency()).isEqualTo("EUR");
        assertThat(view.available()).isEqualByComparingTo("10");
        assertThat(view.chosen()).isEqualTo("ext.first");
        assertThat(second(Duration.ofMinutes(10))).satisfies(candidate -> {
            assertThat(candidate.pricePerHour()).isEqualByComparingTo("3.6");
            assertThat(candidate.cost()).isEqualByComparingTo("0.61");
            assertThat(candidate.held()).isEqualByComparingTo("0.61");
            assertThat(candidate.affordableMs()).isEqualTo(600_000);
            assertThat(candidate.payer()).isEqualTo("platform");
        });
    }

    @Test
    void for_a_consumer_that_can_pay_for_a_part_that_part_is_held_and_a_grace_is_added() {
        grant("0.31");
        assertThat(second(Duration.ofMinutes(10))).satisfies(candidate -> {
            assertThat(candidate.cost()).isEqualByComparingTo("0.61");
            assertThat(candidate.held()).isBetween(new BigDecimal("0.3099"), new BigDecimal("0.31"));
            assertThat(candidate.affordableMs()).isBetween(359_900L, 360_000L);
        });
    }

    @Test
    void a_consumer_that_can_pay_for_nothing_still_sees_the_cost() {
        assertThat(second(Duration.ofMinutes(10))).satisfies(candidate -> {
            assertThat(candidate.code()).isEqualTo("insufficient_credits");
            assertThat(candidate.cost()).isEqualByComparingTo("0.61");
            assertThat(candidate.held()).isNull();
            assertThat(candidate.affordableMs()).isZero();
        });
        assertThat(estimate(Duration.ofMinutes(10)).chosen()).as("the free one").isEqualTo("ext.first");
    }

    @Test
    void a_consumer_with_its_own_key_is_billed_by_the_backend_and_needs_no_credit() {
        process.close();
        installation.addCredential("key_ownkey00", false);
        process = installation.start();
        assertThat(second(Duration.ofMinutes(10))).satisfies(candidate -> {
            assertThat(candidate.payer()).isEqualTo("owner");
            assertThat(candidate.cost()).isEqualByComparingTo("0.61");
            assertThat(candidate.held()).isEqualByComparingTo("0");
            assertThat(candidate.affordableMs()).isEqualTo(600_000);
        });
    }
}
