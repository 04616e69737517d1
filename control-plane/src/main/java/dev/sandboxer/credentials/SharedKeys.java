package dev.sandboxer.credentials;

import dev.sandboxer.error.SandboxException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Secrets that all servers of a database share, such as the one from which sandboxes' tokens are made. Each is a row, sealed with
 * the master key, which must be the same on every host. The first server that needs a secret creates it. Thread-safe.
 */
public final class SharedKeys {
    private static final int BYTES = 32;

    private final SharedKeyStore rows;
    private final MasterKeys masterKeys;
    private final SealedRows sealedRows;
    private final Map<String, byte[]> opened = new ConcurrentHashMap<>();

    SharedKeys(SharedKeyStore rows, MasterKeys masterKeys, SealedRows sealedRows) {
        this.rows = rows;
        this.masterKeys = masterKeys;
        this.sealedRows = sealedRows;
    }

    /**
     * Returns the secret of that name, 32 bytes, creating it if absent.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE} if another master key sealed it
     */
    public byte[] secret(String name) {
        var known = opened.get(name);
        if (known == null) {
            known = rows.find(name).map(text -> open(name, text)).orElseGet(() -> create(name));
            opened.put(name, known);
        }
        return known.clone();
    }

    private byte[] open(String name, String sealed) {
        try {
            return new Vault(masterKeys.read()).openKey(sealed, name);
        } catch (GeneralSecurityException e) {
            throw masterKeys.notShared(e);
        } catch (SandboxException e) {
            throw masterKeys.exists() ? e : masterKeys.notShared(e);
        }
    }

    /** Creates a secret. If several servers start at once, one creates it, and the others wait and open that one. */
    private byte[] create(String name) {
        return masterKeys.locked(() -> rows.exclusively(() -> {
            var sealed = rows.find(name);
            if (sealed.isPresent()) {
                return open(name, sealed.get());
            }
            var secret = new byte[BYTES];
            new SecureRandom().nextBytes(secret);
            rows.insert(name, sealedRows.sealKey(secret, name));
            return secret;
        }));
    }
}
