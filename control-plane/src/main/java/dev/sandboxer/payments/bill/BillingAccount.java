package dev.sandboxer.payments.bill;

/**
 * Whose bill it is: the organisation that runs this installation.
 *
 * @param id the installation's
 * @param name as people know it
 * @param currency three letters of ISO 4217
 */
public record BillingAccount(String id, String name, String currency) {
    public BillingAccount {
        if (id.isBlank() || name.isBlank()) {
            throw new IllegalArgumentException("a billing account needs an id and a name");
        }
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(currency + " is no currency of ISO 4217 (example: USD)");
        }
    }
}
