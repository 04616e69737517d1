package dev.sandboxer.credentials;

import dev.sandboxer.credentials.CredentialStore.Row;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import java.util.Optional;

/** One key is never two owners', be it stored or in the environment, which is the platform's. */
record Ownership(CredentialStore rows, PlatformEnvironment environment, Fingerprint fingerprint) {
    /**
     * @param print the fingerprint of its key
     * @throws SandboxException {@code CREDENTIAL_EXISTS}
     */
    void requireNew(Extension extension, StoredCredential credential, String print) {
        for (Row row : rows.list()) {
            requireOther(row, credential, print);
        }
        if (credential.owner().consumer() != null
                && printInEnvironment(extension).filter(print::equals).isPresent()) {
            throw new SandboxException(
                    ErrorCode.CREDENTIAL_EXISTS,
                    "that key stands in the environment of this process (" + PlatformEnvironment.names(extension)
                            + "), whose keys are the platform's; a key belongs to one, who pays for it. Take it out of the"
                            + " environment, or leave it there and add nothing");
        }
    }

    private static void requireOther(Row row, StoredCredential credential, String print) {
        var stored = row.credential();
        if (!stored.extension().equals(credential.extension())) {
            return;
        }
        if (row.fingerprint().equals(print)) {
            throw new SandboxException(
                    ErrorCode.CREDENTIAL_EXISTS,
                    stored.owner().equals(credential.owner())
                            ? "that key is stored already, as " + stored.id() + " (" + stored.name() + ")"
                            : "that key is stored already, for another owner; a key belongs to one, who pays for it");
        }
        if (stored.owner().equals(credential.owner()) && stored.name().equals(credential.name())) {
            throw exists(credential);
        }
    }

    static SandboxException exists(StoredCredential credential) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_EXISTS,
                credential.owner().text() + " has a credential \"" + credential.name() + "\" for "
                        + credential.extension()
                        + " already; give another --name (the newest is used), and remove the old one later");
    }

    /** The credential of a consumer that has the key which stands in the environment. */
    Optional<StoredCredential> consumersInEnvironment(Extension extension) {
        return printInEnvironment(extension)
                .flatMap(print -> rows.withKey(extension.id(), print))
                .filter(it -> it.owner().consumer() != null);
    }

    private Optional<String> printInEnvironment(Extension extension) {
        return environment.find(extension).map(found -> fingerprint.of(extension, found.fields()));
    }
}
