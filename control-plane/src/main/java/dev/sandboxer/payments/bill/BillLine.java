package dev.sandboxer.payments.bill;

import java.time.Instant;

/** One line of the bill. */
public sealed interface BillLine permits ChargeLine, PurchaseLine, AdjustmentLine {
    /** Unique for ever, within the installation. */
    String id();

    String consumer();

    /** Inclusive. */
    Instant start();

    /** Exclusive; equal to {@link #start} for what takes no time. */
    Instant end();

    /** Returns false for usage whose price nobody has told us: it has no place in a bill until somebody does. */
    boolean isPriced();
}
