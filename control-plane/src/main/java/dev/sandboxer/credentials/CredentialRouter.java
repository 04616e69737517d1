package dev.sandboxer.credentials;

import dev.sandboxer.extension.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the credential for an extension; the first that matches wins: the one the request names, the profile's, the
 * consumer's own, the platform's. A consumer who has one of its own never gets the platform's instead of it, unless it said
 * so when it stored it.
 */
public final class CredentialRouter {
    private final Credentials credentials;

    public CredentialRouter(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * Who asks.
     *
     * @param named the credential the request names, by id or name; null = none
     * @param keptBy the credential of what the sandbox starts from, which is to be had with it alone; null = none
     */
    public record Requester(
            String consumer,
            @Nullable String named,
            @Nullable CredentialId keptBy) {
        public static Requester of(String consumer) {
            return new Requester(consumer, null, null);
        }
    }

    /** Looks at what may be used for a requester, for any number of choices. */
    public CredentialChoices choices(Requester requester) {
        return new CredentialChoices(credentials, requester);
    }

    /** Makes one choice; see {@link CredentialChoices#of}. */
    public Choice choose(Extension extension, Requester requester, @Nullable String profiles) {
        return choices(requester).of(extension, profiles);
    }

    /**
     * Whether there is anything that a request may name so.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL}; another consumer's counts as none
     */
    public void requireNamed(Requester requester) {
        var name = requester.named();
        if (name == null) {
            return;
        }
        var found = credentials.list().stream()
                .filter(it -> it.owner().equals(Owner.consumer(requester.consumer())))
                .anyMatch(it -> isNamed(it, name));
        if (!found) {
            throw Credentials.unknown(requester.consumer() + " has no " + CredentialId.mention(name));
        }
    }

    static boolean isNamed(StoredCredential credential, String idOrName) {
        return credential.id().value().equals(idOrName) || credential.name().equals(idOrName);
    }
}
