package dev.sandboxer.payments.bill;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rules of FOCUS 1.3 for one row of a Cost and Usage dataset without commitment discount, tax and split allocation. Written from the
 * specification, not from our code. A row has its columns as text, as in a CSV file.
 */
public final class FocusRules {
    private static final List<String> NEVER_NULL = List.of(
            "BilledCost",
            "BillingAccountId",
            "BillingAccountName",
            "BillingCurrency",
            "BillingPeriodEnd",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargeDescription",
            "ChargeFrequency",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "ContractedCost",
            "EffectiveCost",
            "HostProviderName",
            "InvoiceIssuerName",
            "ListCost",
            "ProviderName",
            "PublisherName",
            "ServiceCategory",
            "ServiceName",
            "ServiceProviderName",
            "ServiceSubcategory");

    /** Columns that are not null in usage and purchases, and null in other rows without a SKU price. */
    private static final List<String> PRICED = List.of(
            "ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "SkuPriceId");

    private static final List<String> MAY_BE_NULL = List.of(
            "ChargeClass",
            "ConsumedQuantity",
            "ConsumedUnit",
            "RegionId",
            "RegionName",
            "ResourceId",
            "ResourceName",
            "ResourceType",
            "SkuId",
            "SkuMeter",
            "SkuPriceDetails",
            "SubAccountId",
            "SubAccountName",
            "Tags");

    private static final List<String> NUMBERS = List.of(
            "BilledCost",
            "ConsumedQuantity",
            "ContractedCost",
            "ContractedUnitPrice",
            "EffectiveCost",
            "ListCost",
            "ListUnitPrice",
            "PricingQuantity");

    private static final List<String> TIMES =
            List.of("BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart");

    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "ChargeCategory", Set.of("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
            "ChargeClass", Set.of("Correction"),
            "ChargeFrequency", Set.of("One-Time", "Recurring", "Usage-Based"),
            "PricingCategory", Set.of("Standard", "Dynamic", "Committed", "Other"),
            "ServiceCategory", Set.of("Compute"),
            "ServiceSubcategory",
                    Set.of(
                            "Containers",
                            "End User Computing",
                            "Quantum Compute",
                            "Serverless Compute",
                            "Virtual Machines",
                            "Other (Compute)"));

    /** Pairs of columns that are both null or both not null. */
    private static final Map<String, String> TOGETHER = Map.of(
            "PricingQuantity", "PricingUnit",
            "ConsumedQuantity", "ConsumedUnit",
            "RegionId", "RegionName",
            "ResourceId", "ResourceType",
            "SubAccountId", "SubAccountName");

    private static final Set<String> SKU_PROPERTIES =
            Set.of("CoreCount", "DiskSpace", "GpuCount", "InstanceType", "MemorySize");

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    private static final Pattern UNIT = Pattern.compile("([1-9][0-9]* )?([A-Z][A-Za-z]*-)?[A-Z][A-Za-z]*s");
    private static final Pattern NAME = Pattern.compile("x_[A-Z][A-Za-z0-9]*|[A-Z][A-Za-z0-9]*");

    /** The tolerance of the official focus-validator, which computes in float64. */
    private static final double VALIDATOR_TOLERANCE = 1e-9;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, @Nullable String> row;
    private final List<String> violations = new ArrayList<>();

    private FocusRules(Map<String, @Nullable String> row) {
        this.row = row;
    }

    /** Fails if a row breaks a rule. */
    public static void assertValid(Map<String, ? extends @Nullable Object> columns) {
        assertThat(violations(columns)).as("%s", columns).isEmpty();
    }

    /** Returns the rules that a row breaks, in words. */
    public static List<String> violations(Map<String, ? extends @Nullable Object> columns) {
        var texts = new LinkedHashMap<String, @Nullable String>();
        columns.forEach((name, value) -> texts.put(name, text(value)));
        var rules = new FocusRules(texts);
        rules.presence();
        if (rules.violations.isEmpty()) {
            rules.values();
            rules.nulls();
        }
        if (rules.violations.isEmpty()) {
            rules.costs();
            rules.periods();
            rules.json();
        }
        return rules.violations;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal decimal -> decimal.toPlainString();
            default -> value.toString();
        };
    }

    private void presence() {
        NEVER_NULL.forEach(name -> demand(row.containsKey(name), name + " has to be there"));
        PRICED.forEach(name -> demand(row.containsKey(name), name + " has to be there"));
        MAY_BE_NULL.forEach(name -> demand(row.containsKey(name), name + " has to be there"));
        row.keySet().forEach(name -> {
            demand(NAME.matcher(name).matches(), name + " is no name of a column");
            demand(
                    name.startsWith("x_")
                            || NEVER_NULL.contains(name)
                            || PRICED.contains(name)
                            || MAY_BE_NULL.contains(name),
                    name + " is no column of FOCUS, so it has to begin with x_");
        });
    }

    private void values() {
        row.forEach((name, value) -> demand(value == null || !value.isBlank(), name + " has to be null or not blank"));
        NUMBERS.forEach(name -> demand(isNull(name) || NUMBER.matcher(get(name)).matches(), name + " is no number"));
        TIMES.forEach(name -> demand(isNull(name) || TIME.matcher(get(name)).matches(), name + " is no time"));
        ALLOWED.forEach((name, allowed) ->
                demand(isNull(name) || allowed.contains(get(name)), name + " has a value that is not allowed"));
        for (String name : List.of("PricingUnit", "ConsumedUnit")) {
            demand(isNull(name) || UNIT.matcher(get(name)).matches(), name + " is no unit");
        }
        var currencies = Currency.getAvailableCurrencies();
        demand(
                currencies.stream().anyMatch(it -> it.getCurrencyCode().equals(row.get("BillingCurrency"))),
                "BillingCurrency is no currency");
    }

    private void nulls() {
        NEVER_NULL.forEach(name -> demand(!isNull(name), name + " must not be null"));
        boolean usage = is("ChargeCategory", "Usage");
        boolean purchase = is("ChargeCategory", "Purchase");
        for (String name : PRICED) {
            demand(!(usage || purchase) || !isNull(name), name + " must not be null in usage and purchases");
            demand(!isNull("SkuPriceId") || isNull(name), name + " must be null without a SkuPriceId");
        }
        demand(!(usage || purchase) || !isNull("SkuId"), "SkuId must not be null in usage and purchases");
        demand(usage == !isNull("ConsumedQuantity"), "ConsumedQuantity belongs to usage, and to nothing else");
        demand(!isNull("SkuPriceId") || isNull("SkuPriceDetails"), "SkuPriceDetails need a SkuPriceId");
        TOGETHER.forEach(
                (one, other) -> demand(isNull(one) == isNull(other), one + " and " + other + " are null together"));
        demand(isNull("ResourceName") || !isNull("ResourceId"), "ResourceName needs a ResourceId");
        demand(!purchase || !is("ChargeFrequency", "Usage-Based"), "a purchase is not usage-based");
    }

    private void costs() {
        if (is("ChargeCategory", "Purchase")) {
            demand(number("EffectiveCost").signum() == 0, "the EffectiveCost of prepaid credits is 0");
        }
        product("ListUnitPrice", "ListCost");
        product("ContractedUnitPrice", "ContractedCost");
    }

    /**
     * Requires that price times quantity is the cost: exactly in decimals, and in float64 within the validator's tolerance and two units in
     * the last place.
     */
    private void product(String price, String cost) {
        if (isNull(price)) {
            return;
        }
        demand(number(price).signum() >= 0, price + " must not be negative");
        demand(
                number(price).multiply(number("PricingQuantity")).compareTo(number(cost)) == 0,
                price + " times PricingQuantity has to be " + cost);
        double product = float64(price) * float64("PricingQuantity");
        double difference = Math.abs(product - float64(cost));
        demand(
                difference <= VALIDATOR_TOLERANCE * Math.max(Math.abs(float64(cost)), 1)
                        && difference <= 2 * Math.ulp(float64(cost)),
                price + " times PricingQuantity has to be near " + cost + " in float64");
    }

    private void periods() {
        var start = time("ChargePeriodStart");
        var end = time("ChargePeriodEnd");
        var first = time("BillingPeriodStart");
        var month = LocalDate.ofInstant(first, ZoneOffset.UTC);
        demand(month.getDayOfMonth() == 1, "BillingPeriodStart is no beginning of a month");
        demand(first.equals(midnight(month)), "BillingPeriodStart is no midnight");
        demand(time("BillingPeriodEnd").equals(midnight(month.plusMonths(1))), "BillingPeriodEnd is not a month later");
        demand(start.isBefore(end), "a charge period has to have a length");
        demand(!start.isBefore(first), "the charge period begins before the billing period");
        demand(!end.isAfter(time("BillingPeriodEnd")), "the charge period ends after the billing period");
    }

    private void json() {
        for (String name : List.of("Tags", "SkuPriceDetails")) {
            if (isNull(name)) {
                continue;
            }
            try {
                var object = JSON.readTree(get(name));
                demand(object.isObject(), name + " is no JSON object");
                object.forEach(value -> demand(value.isValueNode(), name + " has a value that is no scalar"));
                object.propertyNames()
                        .forEach(key -> demand(
                                name.equals("Tags") || key.startsWith("x_") || SKU_PROPERTIES.contains(key),
                                name + " has the unknown property " + key));
            } catch (JacksonException e) {
                violations.add(name + " is no JSON");
            }
        }
    }

    private void demand(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }

    private boolean isNull(String name) {
        return row.get(name) == null;
    }

    private boolean is(String name, String value) {
        return value.equals(row.get(name));
    }

    private String get(String name) {
        var value = row.get(name);
        if (value == null) {
            throw new IllegalStateException(name + " is null");
        }
        return value;
    }

    private BigDecimal number(String name) {
        return new BigDecimal(get(name));
    }

    private double float64(String name) {
        return Double.parseDouble(get(name));
    }

    private Instant time(String name) {
        return Instant.parse(get(name));
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
