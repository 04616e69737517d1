package dev.sandboxer.payments.bill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each of these changes to a valid row breaks a rule that {@link FocusRules} checks. */
class FocusRulesTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "BilledCost, null",
                "BilledCost, 1E-7",
                "BilledCost, +1",
                "BilledCost, '1,000'",
                "BilledCost, .5",
                "ListCost, 0.002521",
                "ListUnitPrice, null",
                "ContractedUnitPrice, -0.000014",
                "PricingUnit, null",
                "PricingUnit, core seconds",
                "SkuPriceId, null",
                "SkuId, null",
                "ConsumedQuantity, null",
                "ChargeCategory, usage",
                "ChargeCategory, Purchase",
                "ChargeFrequency, Monthly",
                "ChargeClass, New",
                "BillingCurrency, XYZ",
                "ChargePeriodStart, 2026-11-29T12:00:00.000Z",
                "ChargePeriodEnd, 2026-11-29T12:00:00Z",
                "ChargePeriodEnd, 2026-12-01T00:00:01Z",
                "BillingPeriodStart, 2026-11-02T00:00:00Z",
                "BillingPeriodEnd, 2026-11-30T00:00:00Z",
                "Tags, '[1]'",
                "Tags, '{\"a\":{}}'",
                "Tags, '{'",
                "SkuPriceDetails, '{\"Colour\":1}'",
                "RegionName, Europe",
                "ServiceName, ''",
                "Colour, red"
            })
    void a_wrong_value_is_found(String column, @Nullable String value) {
        var row = row();
        row.put(column, value);
        assertThat(FocusRules.violations(row)).isNotEmpty();
    }

    @Test
    void a_missing_column_is_found_and_a_valid_row_has_no_violations() {
        assertThat(FocusRules.violations(row())).isEmpty();
        for (String column : row().keySet()) {
            var row = row();
            row.remove(column);
            assertThat(FocusRules.violations(row).isEmpty()).as(column).isEqualTo(column.startsWith("x_"));
        }
    }

    private static Map<String, @Nullable Object> row() {
        var tariff = Bills.tariff(Payer.PLATFORM, Bills.SIZE, null, "0", "0");
        var line = Bills.line(Bills.subject("abc", tariff, Bills.SIZE), Meter.CPU, 90_000, "0");
        return new LinkedHashMap<>(FocusLine.of(line, Bills.ACCOUNT).columns());
    }
}
