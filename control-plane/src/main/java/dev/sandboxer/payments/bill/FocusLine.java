package dev.sandboxer.payments.bill;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of the bill in the columns of FOCUS 1.3, the FinOps Open Cost and Usage Specification. It has both sets of provider columns,
 * those of 1.2 and those of 1.3. Our own columns begin with {@code x_}. Immutable.
 *
 * <p>A {@link ChargeLine} without a known price has no cost and no unit price, which FOCUS forbids. It is sent as
 * {@link EventType#UNPRICED_USAGE} only.
 */
public final class FocusLine {
    private final BillingAccount account;
    private final BillLine line;
    private final Charge charge;
    private final @Nullable Rating rating;
    private final Costs costs;
    private final Period period;

    private FocusLine(BillLine line, BillingAccount account) {
        this.account = account;
        this.line = line;
        this.charge = Charge.of(line);
        this.rating = Rating.of(line);
        this.costs = Costs.of(line, rating);
        this.period = Period.of(line);
    }

    public static FocusLine of(BillLine line, BillingAccount account) {
        return new FocusLine(line, account);
    }

    /**
     * Returns all columns, always in the same order. Values are null, {@code String}, {@code Long} or {@code BigDecimal}; write
     * decimals with {@code toPlainString}. {@code Tags} and {@code SkuPriceDetails} are JSON objects as text.
     */
    public Map<String, @Nullable Object> columns() {
        var columns = new LinkedHashMap<String, @Nullable Object>();
        for (var column : FocusColumn.ALL) {
            columns.put(column.id(), column.value(this));
        }
        return Collections.unmodifiableMap(columns);
    }

    /** Returns {@link #columns} as a JSON object, with decimals in full. */
    public String toJson() {
        return Json.write(columns());
    }

    public EventType type() {
        return EventType.of(line);
    }

    BillingAccount account() {
        return account;
    }

    BillLine line() {
        return line;
    }

    Charge charge() {
        return charge;
    }

    @Nullable Rating rating() {
        return rating;
    }

    Costs costs() {
        return costs;
    }

    Period period() {
        return period;
    }

    /** Returns the line if it is usage; null otherwise. */
    @Nullable ChargeLine usage() {
        return line instanceof ChargeLine usage ? usage : null;
    }

    /** Returns the id of the line's sandbox; null = none. */
    @Nullable String sandbox() {
        return switch (line) {
            case ChargeLine usage -> usage.subject().sandbox();
            case PurchaseLine _ -> null;
            case AdjustmentLine adjustment -> adjustment.sandbox();
        };
    }
}
