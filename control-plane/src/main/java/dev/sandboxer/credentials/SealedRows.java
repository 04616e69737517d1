package dev.sandboxer.credentials;

import dev.sandboxer.credentials.CredentialStore.Row;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.security.GeneralSecurityException;
import java.util.Map;

/** The sealed texts of the rows, and the master keys that open them. */
record SealedRows(CredentialStore rows, SharedKeyStore sharedKeys, MasterKeys masterKeys) {
    /**
     * Seals what is about to be stored; under the lock. Makes the first master key.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE}
     */
    String seal(StoredCredential credential, Map<String, String> fields) {
        createFirstKey();
        var vault = new Vault(masterKeys.read());
        requireRight(vault);
        return vault.seal(fields, place(credential));
    }

    private void createFirstKey() {
        if (rows.list().isEmpty() && sharedKeys.all().isEmpty()) {
            masterKeys.createUnlessThere();
        }
    }

    /** What is sealed with another installation's key could not be opened when the right one is back. */
    private void requireRight(Vault vault) {
        var all = rows.list();
        if (!all.isEmpty() && all.stream().noneMatch(row -> opens(vault, row))) {
            throw masterKeys.unusable("opens none of the credentials that are stored", null);
        }
        sharedKeys.all().forEach((name, text) -> openKey(vault, text, name));
    }

    /** Seals a key that servers share; under the lock. Makes the first master key. */
    String sealKey(byte[] key, String name) {
        createFirstKey();
        var vault = new Vault(masterKeys.read());
        requireRight(vault);
        return vault.sealKey(key, name);
    }

    private byte[] openKey(Vault vault, String sealed, String name) {
        try {
            return vault.openKey(sealed, name);
        } catch (GeneralSecurityException e) {
            throw masterKeys.notShared(e);
        }
    }

    private static boolean opens(Vault vault, Row row) {
        try {
            vault.open(row.sealed(), place(row.credential()));
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** See {@link Credentials#rotateMasterKey}; under the lock. */
    Credentials.Rotation rotate(boolean dropShared) {
        createFirstKey();
        return masterKeys.changing(() -> {
            var old = new Vault(masterKeys.read());
            // or it fails before the file is touched
            rows.list().forEach(row -> decrypted(old, row));
            sharedKeys.all().forEach((name, text) -> openKey(old, text, name));
            // until the last step the file holds both keys, so that a crash anywhere leaves all readable
            var vault = new Vault(masterKeys.addKey());
            var count = rows.resealAll(
                    row -> vault.seal(decrypted(vault, row), place(row.credential())),
                    handle -> sharedKeys.resealAll(
                            handle, (name, text) -> vault.sealKey(openKey(vault, text, name), name)));
            var keep = masterKeys.shared() && !dropShared;
            if (!keep) {
                masterKeys.dropOthers();
            }
            return new Credentials.Rotation(count, keep);
        });
    }

    private Map<String, String> decrypted(Vault vault, Row row) {
        try {
            return vault.open(row.sealed(), place(row.credential()));
        } catch (GeneralSecurityException e) {
            throw undecryptable(row.credential().id());
        }
    }

    /**
     * @throws GeneralSecurityException when the master keys don't open it
     */
    Map<String, String> open(Row row) throws GeneralSecurityException {
        return new Vault(masterKeys.read()).open(row.sealed(), place(row.credential()));
    }

    SandboxException undecryptable(CredentialId id) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_UNDECRYPTABLE,
                "credential " + id + " can't be decrypted with the master key in " + masterKeys.file()
                        + ": it was sealed with another one, or changed; restore the master key, or remove the credential"
                        + " and add it again");
    }

    private static Vault.Place place(StoredCredential credential) {
        return new Vault.Place(credential.id(), credential.owner(), credential.extension());
    }
}
