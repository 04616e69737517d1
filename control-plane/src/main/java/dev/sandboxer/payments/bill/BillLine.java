package dev.sandboxer.payments.bill;

import java.time.Instant;

/** One line of the bill. */
public sealed interface BillLine permits ChargeLine, PurchaseLine, AdjustmentLine {
    /** Returns an id that is unique within the installation and never reused. */
    String id();

    String consumer();

    /** Returns the start, inclusive. */
    Instant start();

    /** Returns the end, exclusive; equal to {@link #start} for a line that covers no time. */
    Instant end();

    /** Returns false for usage whose price is not known. It can't be billed. */
    boolean isPriced();
}
