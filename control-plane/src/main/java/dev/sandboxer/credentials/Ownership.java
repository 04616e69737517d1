package dev.sandboxer.credentials;

import dev.sandboxer.credentials.CredentialStore.Row;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import java.util.Optional;

/** Ensures that a key has one owner only. Keys in the environment are the platform's. */
record Ownership(CredentialStore rows, PlatformEnvironment environment, Fingerprint fingerprint) {
    /**
     * Fails if the key or the name of a new credential is taken.
     *
     * @param print the fingerprint of its key
     * @throws SandboxException {@code CREDENTIAL_EXISTS}
     */
    void requireNew(Extension extension, StoredCredential credential, String print) {
        for (Row row : rows.list()) {
            requireDifferent(row, credential, print);
        }
        if (credential.owner().consumer() != null
                && printInEnvironment(extension).filter(print::equals).isPresent()) {
            throw new SandboxException(
                    ErrorCode.CREDENTIAL_EXISTS,
                    "that key is the platform's already: it is in the environment of this process ("
                            + PlatformEnvironment.names(extension)
                            + "); take it out of the environment first, or do not add it");
        }
    }

    private static void requireDifferent(Row row, StoredCredential credential, String print) {
        var stored = row.credential();
        if (!stored.extension().equals(credential.extension())) {
            return;
        }
        if (row.fingerprint().equals(print)) {
            throw new SandboxException(
                    ErrorCode.CREDENTIAL_EXISTS,
                    stored.owner().equals(credential.owner())
                            ? "that key is stored already, as " + stored.id() + " (" + stored.name() + ")"
                            : "that key is stored already, for another owner; each owner needs a key of its own");
        }
        if (stored.owner().equals(credential.owner()) && stored.name().equals(credential.name())) {
            throw exists(credential);
        }
    }

    static SandboxException exists(StoredCredential credential) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_EXISTS,
                credential.owner().text() + " already has a credential \"" + credential.name() + "\" for "
                        + credential.extension()
                        + "; give another --name (the newest is used), and remove the old one later");
    }

    /** Returns a consumer's stored credential with the key that the environment holds. */
    Optional<StoredCredential> consumerCredentialInEnvironment(Extension extension) {
        return printInEnvironment(extension)
                .flatMap(print -> rows.withKey(extension.id(), print))
                .filter(it -> it.owner().consumer() != null);
    }

    private Optional<String> printInEnvironment(Extension extension) {
        return environment.find(extension).map(found -> fingerprint.of(extension, found.fields()));
    }
}
