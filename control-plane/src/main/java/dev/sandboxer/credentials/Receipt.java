package dev.sandboxer.credentials;

/** Which credential was chosen, whose it is, and by which rule; kept with what was made with it. */
public record Receipt(CredentialId credential, Owner owner, Rule rule) {
    /** For people, such as {@code c0123456789ab of team-a (consumer)}. */
    public String text() {
        return credential + " of " + owner.text() + " (" + rule.text() + ")";
    }
}
