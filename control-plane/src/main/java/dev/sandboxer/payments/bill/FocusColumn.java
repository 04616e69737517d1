package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Decimals;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of a bill in order: those of FOCUS by name, then our own. */
enum FocusColumn {
    BILLED_COST("BilledCost", line -> line.costs().billed()),
    BILLING_ACCOUNT_ID("BillingAccountId", line -> line.account().id()),
    BILLING_ACCOUNT_NAME("BillingAccountName", line -> line.account().name()),
    BILLING_CURRENCY("BillingCurrency", line -> line.account().currency()),
    BILLING_PERIOD_END("BillingPeriodEnd", line -> line.period().monthEnd()),
    BILLING_PERIOD_START("BillingPeriodStart", line -> line.period().monthStart()),
    CHARGE_CATEGORY("ChargeCategory", line -> line.charge().category()),
    /** Always null: it marks corrections of invoiced periods, and we don't know what was invoiced. */
    CHARGE_CLASS("ChargeClass", line -> null),
    CHARGE_DESCRIPTION("ChargeDescription", line -> line.charge().description()),
    CHARGE_FREQUENCY("ChargeFrequency", line -> line.charge().frequency()),
    CHARGE_PERIOD_END("ChargePeriodEnd", line -> line.period().end()),
    CHARGE_PERIOD_START("ChargePeriodStart", line -> line.period().start()),
    CONSUMED_QUANTITY("ConsumedQuantity", ofUsage(Rating::quantity)),
    CONSUMED_UNIT("ConsumedUnit", ofUsage(Rating::unit)),
    CONTRACTED_COST("ContractedCost", line -> line.costs().contracted()),
    CONTRACTED_UNIT_PRICE("ContractedUnitPrice", ofRating(Rating::contracted)),
    EFFECTIVE_COST("EffectiveCost", line -> line.costs().effective()),
    HOST_PROVIDER_NAME("HostProviderName", line -> line.charge().host()),
    INVOICE_ISSUER_NAME("InvoiceIssuerName", line -> line.charge().issuer()),
    LIST_COST("ListCost", line -> line.costs().list()),
    LIST_UNIT_PRICE("ListUnitPrice", ofRating(Rating::list)),
    PRICING_CATEGORY("PricingCategory", ofRating(rating -> "Standard")),
    PRICING_QUANTITY("PricingQuantity", ofRating(Rating::quantity)),
    PRICING_UNIT("PricingUnit", ofRating(Rating::unit)),
    PROVIDER_NAME("ProviderName", line -> Charge.PROVIDER),
    PUBLISHER_NAME("PublisherName", line -> Charge.PROVIDER),
    REGION_ID("RegionId", ofSubject(Subject::region)),
    REGION_NAME("RegionName", ofSubject(Subject::region)),
    /** Begins with the installation's id, so that it is unique among installations. */
    RESOURCE_ID("ResourceId", ofSandbox((line, sandbox) -> line.account().id() + "/" + sandbox)),
    /** Always null: names of sandboxes are not on the bill. */
    RESOURCE_NAME("ResourceName", line -> null),
    RESOURCE_TYPE("ResourceType", ofSandbox((line, sandbox) -> "Sandbox")),
    SERVICE_CATEGORY("ServiceCategory", line -> "Compute"),
    SERVICE_NAME("ServiceName", line -> "Sandboxes"),
    SERVICE_PROVIDER_NAME("ServiceProviderName", line -> Charge.PROVIDER),
    /** FOCUS has narrower values, but which of them is right depends on the backend. */
    SERVICE_SUBCATEGORY("ServiceSubcategory", line -> "Other (Compute)"),
    SKU_ID("SkuId", ofRating(rating -> rating.sku().id())),
    SKU_METER("SkuMeter", ofRating(rating -> rating.sku().meter())),
    SKU_PRICE_DETAILS("SkuPriceDetails", ofRating(rating -> rating.sku().details())),
    SKU_PRICE_ID("SkuPriceId", ofRating(rating -> rating.sku().priceId())),
    SUB_ACCOUNT_ID("SubAccountId", line -> line.line().consumer()),
    SUB_ACCOUNT_NAME("SubAccountName", line -> line.line().consumer()),
    TAGS("Tags", ofSubject(Subject::tags)),
    /** The party that pays the backend. */
    CREDENTIAL_OWNER(
            "x_CredentialOwner", ofSubject(subject -> subject.tariff().payer().text())),
    END_MS("x_EndMs", line -> line.line().end().toEpochMilli()),
    EXTENSION("x_Extension", ofSubject(Subject::extension)),
    LINE_ID("x_LineId", line -> line.line().id()),
    PROFILE("x_Profile", ofSubject(Subject::profile)),
    /** The cost by the backend's price list, even if the consumer pays the backend; null = not known. */
    PROVIDER_ESTIMATED_COST("x_ProviderEstimatedCost", FocusColumn::backendCost),
    RATE_CARD("x_RateCard", ofSubject(subject -> subject.tariff().card())),
    SANDBOX("x_Sandbox", FocusLine::sandbox),
    START_MS("x_StartMs", line -> line.line().start().toEpochMilli());

    static final List<FocusColumn> ALL = List.of(values());

    private final String id;
    private final Function<FocusLine, @Nullable Object> value;

    FocusColumn(String id, Function<FocusLine, @Nullable Object> value) {
        this.id = id;
        this.value = value;
    }

    String id() {
        return id;
    }

    @Nullable Object value(FocusLine line) {
        return value.apply(line);
    }

    private interface SandboxCommands {
        Object value(FocusLine line, String sandbox);
    }

    private static Function<FocusLine, @Nullable Object> ofSandbox(SandboxCommands value) {
        return line -> {
            var sandbox = line.sandbox();
            return sandbox == null ? null : value.value(line, sandbox);
        };
    }

    private static Function<FocusLine, @Nullable Object> ofSubject(Function<Subject, @Nullable Object> value) {
        return line -> {
            var usage = line.usage();
            return usage == null ? null : value.apply(usage.subject());
        };
    }

    private static Function<FocusLine, @Nullable Object> ofRating(Function<Rating, @Nullable Object> value) {
        return line -> {
            var rating = line.rating();
            return rating == null ? null : value.apply(rating);
        };
    }

    private static Function<FocusLine, @Nullable Object> ofUsage(Function<Rating, @Nullable Object> value) {
        return line -> {
            var rating = line.rating();
            return line.usage() == null || rating == null ? null : value.apply(rating);
        };
    }

    private static @Nullable Object backendCost(FocusLine line) {
        var usage = line.usage();
        return usage == null ? null : usage.backendCost().map(Decimals::plain).orElse(null);
    }
}
