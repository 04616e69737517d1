package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Credentials;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.feature.Accounting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The open backends of all accounts: opened on first use, and opened again only if their key changes. Thread-safe. */
public final class Backends implements AutoCloseable {
    private final ExtensionRegistry registry;
    private final Credentials credentials;
    private final Map<BackendKey, Backend> open = new ConcurrentHashMap<>();
    private final Map<CredentialId, Backend> live = new ConcurrentHashMap<>();

    public Backends(ExtensionRegistry registry, Credentials credentials) {
        this.registry = registry;
        this.credentials = credentials;
    }

    private record BackendKey(
            ExtensionId extension, @Nullable CredentialId credential, String fingerprint) {}

    /**
     * Returns the backend of an account, opening it if needed.
     *
     * @param credential null for an extension that needs none
     * @throws SandboxException {@code UNKNOWN_EXTENSION}, {@code CREDENTIAL_MISSING}, {@code CREDENTIAL_UNDECRYPTABLE},
     *     {@code CREDENTIAL_INVALID}
     */
    public Backend of(ExtensionId extension, @Nullable CredentialId credential) {
        var key = new BackendKey(extension, credential, credential == null ? "" : credentials.fingerprint(credential));
        return open.computeIfAbsent(key, this::open);
    }

    /**
     * Like {@link #of}, but for a live sandbox, and without reading a row once the backend is open: the key of a stored credential
     * never changes, and a credential can't be removed while a live sandbox uses it.
     */
    public Backend ofLive(ExtensionId extension, @Nullable CredentialId credential) {
        return credential == null ? of(extension, null) : live.computeIfAbsent(credential, id -> of(extension, id));
    }

    private Backend open(BackendKey key) {
        var id = key.credential();
        return registry.open(
                registry.get(key.extension()),
                id == null ? Credential.none() : credentials.open(id).credential());
    }

    /**
     * Asks the backend whether it accepts the credential, and records the answer. Creates nothing.
     *
     * @throws SandboxException {@code CREDENTIAL_REFUSED}; {@code BACKEND_FAILED} if the backend could not be asked
     */
    public void check(ExtensionId extension, CredentialId credential) {
        try {
            of(extension, credential).check();
            credentials.accepted(credential);
        } catch (ExtensionException e) {
            recordRefusal(credential, e);
            throw failure(extension, credential, e);
        }
    }

    /**
     * Asks the backend for the prices of an account. Returns them in the backend's own terms; empty if it reports none.
     *
     * @throws SandboxException {@code UNSUPPORTED} if the extension can't ask for prices; {@code BACKEND_FAILED}
     */
    public Map<String, String> rates(ExtensionId extension, CredentialId credential) {
        if (!(of(extension, credential) instanceof Accounting accounting)) {
            throw new SandboxException(
                    ErrorCode.UNSUPPORTED, extension + " does not report the prices of its accounts");
        }
        try {
            return accounting.rates();
        } catch (ExtensionException e) {
            recordRefusal(credential, e);
            throw failure(extension, credential, e);
        }
    }

    /** Records a backend's refusal of a credential, so that nothing new is started with it. Ignores other failures. */
    public void recordRefusal(@Nullable CredentialId credential, ExtensionException e) {
        if (credential != null && e.kind() == Kind.CREDENTIAL) {
            credentials.refused(credential, String.valueOf(e.getMessage()));
        }
    }

    /** Converts a backend's failure into a {@code SandboxException}. */
    public static SandboxException failure(
            ExtensionId extension, @Nullable CredentialId credential, ExtensionException e) {
        return e.kind() == Kind.CREDENTIAL && credential != null
                ? new SandboxException(
                        ErrorCode.CREDENTIAL_REFUSED,
                        extension + " refuses credential " + credential + ": " + e.getMessage()
                                + "; no new sandbox uses it until `sandboxer credentials check " + credential
                                + "` succeeds",
                        e)
                : new SandboxException(ErrorCode.BACKEND_FAILED, extension + ": " + e.getMessage(), e);
    }

    /** Returns true if the extension declares the capability. */
    public boolean has(ExtensionId extension, Capability capability) {
        return registry.get(extension).capabilities().contains(capability);
    }

    /** Returns {@link Extension#hostBound} of an extension. */
    public boolean isHostBound(ExtensionId extension) {
        return registry.get(extension).hostBound();
    }

    /** Calls {@link Credentials#requireExists} if there is a credential. */
    public void requireExists(Handle handle, @Nullable CredentialId credential) {
        if (credential != null) {
            credentials.requireExists(handle, credential);
        }
    }

    /** Returns the credentials of all accounts of an extension; a single null if it needs none. */
    public List<@Nullable CredentialId> accounts(Extension extension) {
        var accounts = new ArrayList<@Nullable CredentialId>();
        if (extension.credentialFields().isEmpty()) {
            accounts.add(null);
        } else {
            accounts.addAll(credentials.all(extension));
        }
        return accounts;
    }

    @Override
    public void close() {
        open.values().forEach(Backend::close);
    }
}
