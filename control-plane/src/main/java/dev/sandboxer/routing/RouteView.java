package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route as the JSON that the command line and the APIs return.
 *
 * @param policy the order in which eligible extensions are tried
 * @param chosen the extension that is tried first; null = none is eligible
 */
public record RouteView(
        String profile, String policy, @Nullable String chosen, List<CandidateView> candidates) {
    /**
     * The verdict on one extension of the route.
     *
     * @param verdict {@code eligible} or {@code skipped}
     * @param code why it is skipped; null = it is eligible
     * @param pricePerHour in the billing currency; null = not known, or skipped
     * @param worstCase the cost of the whole time to live; null = not known, or skipped
     */
    public record CandidateView(
            String extension,
            String verdict,
            @Nullable String code,
            String reason,
            @Nullable CredentialView credential,
            @Nullable BigDecimal pricePerHour,
            @Nullable BigDecimal worstCase) {
        static CandidateView of(Verdict verdict) {
            return switch (verdict) {
                case Verdict.Eligible eligible ->
                    new CandidateView(
                            eligible.extension().value(),
                            "eligible",
                            null,
                            eligible.reason(),
                            CredentialView.of(eligible.receipt()),
                            amount(eligible.quote().perHour()),
                            amount(eligible.quote().worstCase()));
                case Verdict.Skipped skipped ->
                    new CandidateView(
                            skipped.extension().value(),
                            "skipped",
                            skipped.code().text(),
                            skipped.reason(),
                            null,
                            null,
                            null);
            };
        }

        private static @Nullable BigDecimal amount(@Nullable Money money) {
            return money == null ? null : money.amount();
        }
    }

    /**
     * The credential that would be used.
     *
     * @param owner a consumer, or {@code platform}
     */
    public record CredentialView(String id, String owner) {
        static @Nullable CredentialView of(@Nullable Receipt receipt) {
            return receipt == null
                    ? null
                    : new CredentialView(
                            receipt.credential().value(),
                            receipt.owner().consumer() == null
                                    ? "platform"
                                    : receipt.owner().consumer());
        }
    }

    public static RouteView of(Route route) {
        return new RouteView(
                route.profile().name().value(),
                route.profile().policy().text(),
                route.chosen().map(eligible -> eligible.extension().value()).orElse(null),
                route.verdicts().stream().map(CandidateView::of).toList());
    }
}
