package dev.sandboxer.credentials;

/** The record of a chosen credential: its id, its owner and the rule that chose it. Stored with what was made with it. */
public record Receipt(CredentialId credential, Owner owner, Rule rule) {
    /** Returns a text for users, such as {@code c0123456789ab of team-a (consumer)}. */
    public String text() {
        return credential + " of " + owner.text() + " (" + rule.text() + ")";
    }
}
