package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;

/**
 * What kind of charge a line is, in the allowed values of FOCUS, and for people.
 *
 * @param host who runs what is charged for
 * @param issuer who sends the invoice
 */
record Charge(String category, String frequency, String description, String host, String issuer) {
    /** Who sells sandboxes, whatever they run on. */
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

    /** The price of a creation is due with every creation, so that it is usage-based, too. */
    private static Charge usage(ChargeLine line) {
        var subject = line.subject();
        var host = host(subject.extension());
        boolean paidToHost = subject.tariff().payer() == Payer.OWNER && line.meter() != Meter.PLATFORM_FEE;
        var description = what(line.meter()) + subject.sandbox() + " on " + host
                + (paidToHost ? ", paid to " + host + " by the consumer" : "");
        return new Charge("Usage", "Usage-Based", description, host, paidToHost ? host : PROVIDER);
    }

    private static String what(Meter meter) {
        return switch (meter) {
            case CPU -> "CPU time of sandbox ";
            case MEMORY -> "Memory of sandbox ";
            case GPU -> "GPU time of sandbox ";
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
