package dev.sandboxer.payments.bill;

import static dev.sandboxer.payments.bill.Bills.ACCOUNT;
import static dev.sandboxer.payments.bill.Bills.NOON;
import static dev.sandboxer.payments.bill.Bills.SIZE;
import static dev.sandboxer.payments.bill.Bills.line;
import static dev.sandboxer.payments.bill.Bills.subject;
import static dev.sandboxer.payments.bill.Bills.tariff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FocusLineTest {
    private static final int MANY = 20_000;

    @Test
    void every_line_with_a_price_follows_the_rules_of_focus() {
        var seed = System.nanoTime();
        var bills = new Bills(seed);
        var kinds = new HashMap<String, Integer>();
        for (int i = 0; i < MANY; i++) {
            var line = bills.any();
            kinds.merge(kind(line), 1, Integer::sum);
            if (line.isPriced()) {
                assertThat(FocusRules.violations(columns(line)))
                        .as("seed %s, line %s: %s", seed, i, line)
                        .isEmpty();
            }
        }
        assertThat(kinds)
                .as("seed " + seed)
                .containsKeys("GPU owner", "PLATFORM_FEE owner", "CREATION platform")
                .containsKeys("CPU nobody", "unknown", "purchase", "adjustment", "no time");
    }

    private static String kind(BillLine line) {
        return switch (line) {
            case PurchaseLine _ -> "purchase";
            case AdjustmentLine _ -> "adjustment";
            case ChargeLine usage when !usage.isPriced() -> "unknown";
            case ChargeLine usage when usage.start().equals(usage.end()) -> "no time";
            case ChargeLine usage ->
                usage.meter() + " " + usage.subject().tariff().payer().text();
        };
    }

    @Test
    void usage_on_our_key_has_list_price_mark_up_and_prepaid_part() {
        var subject = subject("abc", tariff(Payer.PLATFORM, SIZE, null, "0.2", "0"), SIZE);
        var columns = columns(line(subject, Meter.CPU, 90_000, "0.001"));
        assertThat(columns)
                .containsEntry("ListUnitPrice", new BigDecimal("0.000014"))
                .containsEntry("ContractedUnitPrice", new BigDecimal("0.0000168"))
                .containsEntry("PricingQuantity", new BigDecimal("180"))
                .containsEntry("PricingUnit", "Core-Seconds")
                .containsEntry("ConsumedQuantity", new BigDecimal("180"))
                .containsEntry("ListCost", new BigDecimal("0.00252"))
                .containsEntry("ContractedCost", new BigDecimal("0.003024"))
                .containsEntry("EffectiveCost", new BigDecimal("0.003024"))
                .containsEntry("BilledCost", new BigDecimal("0.002024"))
                .containsEntry("x_ProviderEstimatedCost", new BigDecimal("0.00252"))
                .containsEntry("x_CredentialOwner", "platform")
                .containsEntry("x_RateCard", "e2b-2026-04")
                .containsEntry("InvoiceIssuerName", "sand-boxer")
                .containsEntry("ServiceProviderName", "sand-boxer")
                .containsEntry("ProviderName", "sand-boxer")
                .containsEntry("HostProviderName", "e2b")
                .containsEntry("BillingAccountId", "inst1")
                .containsEntry("SubAccountId", "team-a")
                .containsEntry("ResourceId", "inst1/abc")
                .containsEntry("SkuId", "ext.e2b/cpu")
                .containsEntry("ChargeDescription", "CPU time of sandbox abc on e2b")
                .containsEntry("Tags", "{\"team\":\"web\",\"cost\":\"42\"}");
    }

    @Test
    void usage_on_the_consumers_own_key_is_billed_nothing_with_our_estimate_beside_it() {
        var subject = subject("abc", tariff(Payer.OWNER, SIZE, null, "0", "0.05"), SIZE);
        assertThat(columns(line(subject, Meter.CPU, 90_000, "0")))
                .containsEntry("BilledCost", BigDecimal.ZERO)
                .containsEntry("EffectiveCost", BigDecimal.ZERO)
                .containsEntry("ContractedCost", BigDecimal.ZERO)
                .containsEntry("ListCost", new BigDecimal("0.00252"))
                .containsEntry("x_ProviderEstimatedCost", new BigDecimal("0.00252"))
                .containsEntry("x_CredentialOwner", "owner")
                .containsEntry("InvoiceIssuerName", "e2b")
                .containsEntry("ChargeDescription", "CPU time of sandbox abc on e2b, paid to e2b by the consumer");
    }

    @Test
    void our_fee_for_the_consumers_own_key_is_billed_by_us() {
        var subject = subject("abc", tariff(Payer.OWNER, SIZE, null, "0", "0.05"), SIZE);
        assertThat(columns(line(subject, Meter.PLATFORM_FEE, 3_600_000, "0")))
                .containsEntry("BilledCost", new BigDecimal("0.005445"))
                .containsEntry("PricingUnit", "Seconds")
                .containsEntry("SkuPriceId", "ext.e2b/platform_fee/2000mCPU-512MiB")
                .containsEntry("x_ProviderEstimatedCost", BigDecimal.ZERO)
                .containsEntry("InvoiceIssuerName", "sand-boxer");
    }

    @Test
    void free_usage_is_measured_and_costs_0() {
        assertThat(columns(line(subject("abc", Tariff.free(), SIZE), Meter.MEMORY, 1000, "0")))
                .containsEntry("BilledCost", BigDecimal.ZERO)
                .containsEntry("ListCost", BigDecimal.ZERO)
                .containsEntry("PricingQuantity", new BigDecimal("0.5"))
                .containsEntry("x_ProviderEstimatedCost", BigDecimal.ZERO)
                .containsEntry("x_RateCard", null);
    }

    @Test
    void an_unknown_cost_is_null_and_the_line_is_no_focus_charge() {
        var line = line(subject("abc", Tariff.unknown(Payer.PLATFORM), SIZE), Meter.CPU, 1000, "0");
        assertThat(FocusLine.of(line, ACCOUNT).type()).isEqualTo(EventType.UNPRICED_USAGE);
        assertThat(EventType.of(line).type()).isEqualTo("dev.sandboxer.usage.unpriced.v1");
        assertThat(columns(line))
                .containsEntry("BilledCost", null)
                .containsEntry("EffectiveCost", null)
                .containsEntry("ListCost", null)
                .containsEntry("ContractedCost", null)
                .containsEntry("ListUnitPrice", null)
                .containsEntry("x_ProviderEstimatedCost", null)
                .containsEntry("ConsumedQuantity", new BigDecimal("2"));
        assertThat(FocusRules.violations(columns(line))).contains("BilledCost must not be null");
    }

    @Test
    void bought_credits_are_billed_once_and_have_no_effect_on_usage() {
        var purchase = new PurchaseLine("grant-1", "team-a", Money.parse("25"), NOON, "order 17");
        FocusRules.assertValid(columns(purchase));
        assertThat(EventType.of(purchase).type()).isEqualTo("dev.sandboxer.charge.v1");
        assertThat(columns(purchase))
                .containsEntry("ChargeCategory", "Purchase")
                .containsEntry("ChargeFrequency", "One-Time")
                .containsEntry("BilledCost", new BigDecimal("25"))
                .containsEntry("EffectiveCost", BigDecimal.ZERO)
                .containsEntry("PricingQuantity", new BigDecimal("25"))
                .containsEntry("PricingUnit", "Credits")
                .containsEntry("ConsumedQuantity", null)
                .containsEntry("ResourceId", null)
                .containsEntry("ChargeDescription", "Prepaid credits: order 17");
    }

    @Test
    void a_correction_that_goes_back_to_credits_changes_no_invoice() {
        var back = new AdjustmentLine("c-1", "team-a", "abc", Money.parse("-2"), Money.parse("-2"), NOON, "");
        FocusRules.assertValid(columns(back));
        assertThat(columns(back))
                .containsEntry("ChargeCategory", "Adjustment")
                .containsEntry("BilledCost", BigDecimal.ZERO)
                .containsEntry("EffectiveCost", new BigDecimal("-2"))
                .containsEntry("ResourceId", "inst1/abc")
                .containsEntry("SkuPriceId", null)
                .containsEntry("ChargeDescription", "Correction");
        var invoiced = new AdjustmentLine("c-2", "team-a", null, Money.parse("-2"), Money.ZERO, NOON, "outage");
        assertThat(columns(invoiced)).containsEntry("BilledCost", new BigDecimal("-2"));
    }

    @Test
    void the_effective_cost_of_used_up_credits_equals_the_billed_cost_of_their_purchase() {
        var tariff = tariff(Payer.PLATFORM, SIZE, null, "0", "0");
        var used = line(subject("abc", tariff, SIZE), Meter.CPU, 1_000_000, "0.028");
        var given = new AdjustmentLine("c", "team-a", "abc", Money.parse("-0.01"), Money.parse("-0.01"), NOON, "");
        var again = line(subject("def", tariff, SIZE), Meter.CPU, 1_000_000, "0.01");
        var bought = new PurchaseLine("p", "team-a", Money.parse("0.028"), NOON, "");
        var billed = BigDecimal.ZERO;
        var effective = BigDecimal.ZERO;
        for (BillLine line : new BillLine[] {bought, used, given, again}) {
            billed = billed.add((BigDecimal) columns(line).get("BilledCost"));
            effective = effective.add((BigDecimal) columns(line).get("EffectiveCost"));
        }
        assertThat(billed).isEqualByComparingTo("0.046").isEqualByComparingTo(effective);
    }

    @Test
    void periods_are_whole_seconds_within_the_hour_with_exact_times_in_other_columns() {
        assertThat(period("2026-11-29T12:00:00.250Z", "2026-11-29T12:00:07.001Z"))
                .isEqualTo("2026-11-29T12:00:00Z 2026-11-29T12:00:08Z");
        assertThat(period("2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z"))
                .isEqualTo("2026-11-30T23:59:59Z 2026-12-01T00:00:00Z");
        var line = at("2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z");
        assertThat(columns(line))
                .containsEntry("BillingPeriodStart", "2026-11-01T00:00:00Z")
                .containsEntry("BillingPeriodEnd", "2026-12-01T00:00:00Z")
                .containsEntry(
                        "x_StartMs", Instant.parse("2026-11-30T23:59:59.999Z").toEpochMilli())
                .containsEntry("x_EndMs", Instant.parse("2026-12-01T00:00:00Z").toEpochMilli());
    }

    @Test
    void a_line_without_a_length_has_a_period_of_one_second() {
        assertThat(period("2026-11-29T12:59:59.999Z", "2026-11-29T12:59:59.999Z"))
                .isEqualTo("2026-11-29T12:59:59Z 2026-11-29T13:00:00Z");
        assertThat(period("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"))
                .isEqualTo("2026-12-01T00:00:00Z 2026-12-01T00:00:01Z");
        assertThat(columns(at("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z")))
                .containsEntry("BillingPeriodStart", "2026-12-01T00:00:00Z");
    }

    @Test
    void a_sku_keeps_its_id_when_prices_change() {
        var cheap = subject("abc", tariff(Payer.PLATFORM, SIZE, null, "0", "0"), SIZE);
        var dear = subject("abc", tariff(Payer.PLATFORM, SIZE, null, "3", "0"), SIZE);
        assertThat(Sku.of(cheap, Meter.CPU)).isEqualTo(Sku.of(dear, Meter.CPU));
        var gpu = new SandboxSize(1000, 512, 1024, new Gpu(2, "H100"));
        var abroad = new Subject("abc", "me", "p", "ext.modal", "us", gpu, Tariff.free(), null);
        assertThat(Sku.of(abroad, Meter.GPU))
                .isEqualTo(new Sku(
                        "ext.modal/gpu/H100",
                        "ext.modal/gpu/H100/us",
                        "GPU Time",
                        "{\"GpuCount\":1,\"x_GpuType\":\"H100\"}"));
        assertThat(Sku.of(abroad, Meter.MEMORY).priceId()).isEqualTo("ext.modal/memory/us");
    }

    @Test
    void json_has_decimals_in_full_and_null_for_unknown_values() {
        var size = new SandboxSize(1, 1, 1);
        var subject = subject("abc", tariff(Payer.PLATFORM, size, null, "0", "0"), size);
        var json = FocusLine.of(line(subject, Meter.CPU, 1, "0"), ACCOUNT).toJson();
        assertThat(json)
                .contains("\"ListCost\":0.000000000014,")
                .contains("\"PricingQuantity\":0.000001,")
                .contains("\"ChargeClass\":null,")
                .contains("\"Tags\":\"{\\\"team\\\":\\\"web\\\",\\\"cost\\\":\\\"42\\\"}\"");
        assertThat(Json.read(json).propertyNames())
                .containsExactlyElementsOf(
                        columns(line(subject, Meter.CPU, 1, "0")).keySet());
    }

    @Test
    void a_purchase_is_above_zero_and_credits_pay_at_most_the_correction() {
        assertThatThrownBy(() -> new PurchaseLine("p", "me", Money.ZERO, NOON, ""))
                .isInstanceOf(IllegalArgumentException.class);
        for (String prepaid : new String[] {"1", "-3"}) {
            assertThatThrownBy(() ->
                            new AdjustmentLine("a", "me", null, Money.parse("-2"), Money.parse(prepaid), NOON, ""))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Map<String, @Nullable Object> columns(BillLine line) {
        return FocusLine.of(line, ACCOUNT).columns();
    }

    private static String period(String start, String end) {
        var columns = columns(at(start, end));
        return columns.get("ChargePeriodStart") + " " + columns.get("ChargePeriodEnd");
    }

    private static ChargeLine at(String start, String end) {
        var subject = subject("abc", Tariff.free(), SIZE);
        return new ChargeLine(
                "l",
                subject,
                Meter.CPU,
                Instant.parse(start),
                Instant.parse(end),
                BigDecimal.ONE,
                new Cost(Money.ZERO, Money.ZERO));
    }
}
