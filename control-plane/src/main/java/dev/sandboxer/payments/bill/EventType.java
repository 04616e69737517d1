package dev.sandboxer.payments.bill;

/** The type of the event that sends a line to the billing system. */
public enum EventType {
    /** A line of the bill. Its data are the columns of FOCUS. */
    CHARGE("dev.sandboxer.charge.v1"),
    /** Usage without a known price. Its data have the same columns, but FOCUS allows no charge without a cost. */
    UNPRICED_USAGE("dev.sandboxer.usage.unpriced.v1");

    private final String type;

    EventType(String type) {
        this.type = type;
    }

    /** Returns the {@code type} of the CloudEvent. */
    public String type() {
        return type;
    }

    public static EventType of(BillLine line) {
        return line.isPriced() ? CHARGE : UNPRICED_USAGE;
    }
}
