package dev.sandboxer.credentials;

import dev.sandboxer.credentials.CredentialStore.Row;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.security.GeneralSecurityException;
import java.util.Map;

/** Seals and opens the secrets in rows with the master keys. */
record SealedRows(CredentialStore rows, SharedKeyStore sharedKeys, MasterKeys masterKeys) {
    /**
     * Seals the fields of a new credential, creating the first master key if needed. Call it within {@link MasterKeys#locked}.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE}
     */
    String seal(StoredCredential credential, Map<String, String> fields) {
        createFirstKey();
        var vault = new Vault(masterKeys.read());
        requireOpensStored(vault);
        return vault.seal(fields, place(credential));
    }

    private void createFirstKey() {
        if (rows.list().isEmpty() && sharedKeys.all().isEmpty()) {
            masterKeys.createIfAbsent();
        }
    }

    /** Fails if the master key opens no stored credential: what it sealed would be lost once the right key is restored. */
    private void requireOpensStored(Vault vault) {
        var all = rows.list();
        if (!all.isEmpty() && all.stream().noneMatch(row -> opens(vault, row))) {
            throw masterKeys.unusable("opens none of the credentials that are stored", null);
        }
        sharedKeys.all().forEach((name, text) -> openKey(vault, text, name));
    }

    /** Seals a key that servers share, creating the first master key if needed. Call it within {@link MasterKeys#locked}. */
    String sealKey(byte[] key, String name) {
        createFirstKey();
        var vault = new Vault(masterKeys.read());
        requireOpensStored(vault);
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

    /** Implements {@link Credentials#rotateMasterKey}. Call it within {@link MasterKeys#locked}. */
    Credentials.Rotation rotate(boolean dropShared) {
        createFirstKey();
        return masterKeys.lockedFile(() -> {
            var old = new Vault(masterKeys.read());
            // decrypts everything first, to fail before the file is touched
            rows.list().forEach(row -> decrypted(old, row));
            sharedKeys.all().forEach((name, text) -> openKey(old, text, name));
            // the file holds both keys until the last step, so a crash at any point leaves everything readable
            var vault = new Vault(masterKeys.addKey());
            var count = rows.resealAll(
                    row -> vault.seal(decrypted(vault, row), place(row.credential())),
                    handle -> sharedKeys.resealAll(
                            handle, (name, text) -> vault.sealKey(openKey(vault, text, name), name)));
            var keep = masterKeys.isShared() && !dropShared;
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
     * Returns the fields of a credential.
     *
     * @throws GeneralSecurityException if the master keys don't open it
     */
    Map<String, String> open(Row row) throws GeneralSecurityException {
        return new Vault(masterKeys.read()).open(row.sealed(), place(row.credential()));
    }

    SandboxException undecryptable(CredentialId id) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_UNDECRYPTABLE,
                "credential " + id + " can't be decrypted with the master key in " + masterKeys.file()
                        + ": it was sealed with another key, or changed; restore the master key, or remove the credential"
                        + " and add it again");
    }

    private static Vault.Place place(StoredCredential credential) {
        return new Vault.Place(credential.id(), credential.owner(), credential.extension());
    }
}
