package dev.sandboxer.credentials;

import dev.sandboxer.extension.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the credential for an extension. The first match wins: the one that the request names, the profile's, the consumer's
 * own, the platform's. A consumer with a credential of its own never gets the platform's instead, unless it allowed that when
 * it stored its own.
 */
public final class CredentialRouter {
    private final Credentials credentials;

    public CredentialRouter(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * The consumer that makes a request, and the credentials to which the request is bound.
     *
     * @param named the credential that the request names, by id or name; null = none
     * @param boundTo the only credential that can open the snapshot from which the sandbox starts; null = no snapshot
     */
    public record Requester(
            String consumer,
            @Nullable String named,
            @Nullable CredentialId boundTo) {
        public static Requester of(String consumer) {
            return new Requester(consumer, null, null);
        }
    }

    /** Returns choices for a requester, for any number of extensions. */
    public CredentialChoices choices(Requester requester) {
        return new CredentialChoices(credentials, requester);
    }

    /** Chooses for one extension; see {@link CredentialChoices#of}. */
    public Choice choose(Extension extension, Requester requester, @Nullable String fromProfile) {
        return choices(requester).of(extension, fromProfile);
    }

    /**
     * Fails if the request names a credential that its consumer does not have.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL}, also for another consumer's credential
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
