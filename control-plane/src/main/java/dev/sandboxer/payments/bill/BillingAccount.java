package dev.sandboxer.payments.bill;

/**
 * The organisation that runs this installation and issues its bills.
 *
 * @param id the installation's id
 * @param name the organisation's name
 * @param currency three letters of ISO 4217
 */
public record BillingAccount(String id, String name, String currency) {
    public BillingAccount {
        if (id.isBlank() || name.isBlank()) {
            throw new IllegalArgumentException("a billing account needs an id and a name");
        }
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(currency + " is not a currency of ISO 4217 (example: USD)");
        }
    }
}
