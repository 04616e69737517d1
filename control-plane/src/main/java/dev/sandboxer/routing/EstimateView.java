package dev.sandboxer.routing;

import dev.sandboxer.payments.Money;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The estimated cost of a sandbox, as the JSON that the command line and the APIs return. Amounts are exact, in the billing currency.
 *
 * @param ttlMs the estimated time to live
 * @param available what its consumer can still set aside; null = no limit
 * @param chosen the extension that is tried first; null = none is eligible
 */
public record EstimateView(
        String profile,
        String consumer,
        long ttlMs,
        String currency,
        @Nullable BigDecimal available,
        @Nullable String chosen,
        List<CandidateView> candidates) {
    /**
     * The estimate for one extension of the route.
     *
     * @param code why it is skipped; null = it is eligible
     * @param payer who pays the backend: {@code platform}, {@code owner} (the consumer itself) or {@code nobody}; null = skipped for
     *     a reason other than its price
     * @param pricePerHour null = not known, or skipped for a reason other than its price; likewise {@code cost} and {@code held}
     * @param cost for the whole time; with a consumer's own credential, what the backend will bill the consumer
     * @param held what would be set aside from the consumer's credits at creation
     * @param affordableMs how long the consumer can pay, at most the whole time; null = skipped for a reason other than its price
     */
    public record CandidateView(
            String extension,
            String verdict,
            @Nullable String code,
            String reason,
            @Nullable String payer,
            @Nullable BigDecimal pricePerHour,
            @Nullable BigDecimal cost,
            @Nullable BigDecimal held,
            @Nullable Long affordableMs) {
        private static CandidateView of(Eligible eligible, Duration wanted, Duration grace) {
            var quote = eligible.quote();
            var isShort = eligible.ttl().compareTo(wanted) < 0;
            var paid = isShort ? eligible.ttl().minus(grace) : wanted;
            var held = quote.tariff().isFree()
                    ? Money.ZERO
                    : quote.tariff().worstCase(eligible.spec().size(), paid).orElse(null);
            return new CandidateView(
                    eligible.extension().value(),
                    "eligible",
                    null,
                    eligible.reason(),
                    quote.tariff().payer().text(),
                    amount(quote.perHour()),
                    amount(quote.worstCase()),
                    amount(held),
                    eligible.ttl().toMillis());
        }

        private static CandidateView of(Skipped skipped) {
            var quote = skipped.quote();
            return new CandidateView(
                    skipped.extension().value(),
                    "skipped",
                    skipped.code().text(),
                    skipped.reason(),
                    quote == null ? null : quote.tariff().payer().text(),
                    quote == null ? null : amount(quote.perHour()),
                    quote == null ? null : amount(quote.worstCase()),
                    null,
                    quote == null ? null : (Long) 0L);
        }

        private static @Nullable BigDecimal amount(@Nullable Money money) {
            return money == null ? null : money.amount();
        }
    }

    /**
     * Returns the estimate for a route.
     *
     * @param available what its consumer can still set aside; null = no limit
     * @param maxCost the most that the sandbox may cost; null = no limit
     */
    public static EstimateView of(
            Route route, String consumer, @Nullable Money available, @Nullable Money maxCost, Prices prices) {
        var grace = maxCost == null ? prices.grace() : Duration.ZERO;
        return new EstimateView(
                route.profile().name().value(),
                consumer,
                route.ttl().toMillis(),
                prices.rates().cards().currency(),
                available == null ? null : available.amount(),
                route.chosen().map(eligible -> eligible.extension().value()).orElse(null),
                route.verdicts().stream()
                        .map(verdict -> switch (verdict) {
                            case Eligible eligible -> CandidateView.of(eligible, route.ttl(), grace);
                            case Skipped skipped -> CandidateView.of(skipped);
                        })
                        .toList());
    }
}
