package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;

/**
 * The kind of charge that a line is, in the values that FOCUS allows.
 *
 * @param description one line for people
 * @param host the provider that runs the sandbox
 * @param issuer the party that sends the invoice
 */
record Charge(String category, String frequency, String description, String host, String issuer) {
    /** The seller of all sandboxes, whatever they run on. */
    static final String PROVIDER = "sand-boxer";

    private static final String EXTENSION_PREFIX = "ext.";
    private static final String ONCE = "One-Time";

    static Charge of(BillLine line) {
        return switch (line) {
            case ChargeLine usage -> usage(usage);
            case PurchaseLine purchase ->
                new Charge("Purchase", ONCE, described("Prepaid credits", purchase.note()), PROVIDER, PROVIDER);
            case AdjustmentLine adjustment ->
                new Charge("Adjustment", ONCE, described("Correction", adjustment.note()), PROVIDER, PROVIDER);
        };
    }

    /** A creation is usage-based too, since its price is due with every creation. */
    private static Charge usage(ChargeLine line) {
        var subject = line.subject();
        var host = host(subject.extension());
        boolean paidToHost = subject.tariff().payer() == Payer.OWNER && line.meter() != Meter.PLATFORM_FEE;
        var description = subjectOf(line.meter()) + subject.sandbox() + " on " + host
                + (paidToHost ? ", paid to " + host + " by the consumer" : "");
        return new Charge("Usage", "Usage-Based", description, host, paidToHost ? host : PROVIDER);
    }

    private static String subjectOf(Meter meter) {
        return switch (meter) {
            case CPU -> "CPU time of sandbox ";
            case MEMORY -> "Memory of sandbox ";
            case GPU -> "GPU time of sandbox ";
            case NETWORK_IN -> "Bytes received by sandbox ";
            case NETWORK_OUT -> "Bytes sent by sandbox ";
            case CREATION -> "Creation of sandbox ";
            case PLATFORM_FEE -> "Platform fee for sandbox ";
        };
    }

    private static String host(String extension) {
        return extension.startsWith(EXTENSION_PREFIX) ? extension.substring(EXTENSION_PREFIX.length()) : extension;
    }

    private static String described(String what, String note) {
        return note.isBlank() ? what : what + ": " + note;
    }
}
