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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The backends of all accounts that are in use: opened when first needed, and kept while their key stays the same. */
public final class Backends implements AutoCloseable {
    private final ExtensionRegistry registry;
    private final Credentials credentials;
    private final Map<Account, Backend> open = new ConcurrentHashMap<>();
    private final Map<CredentialId, Backend> live = new ConcurrentHashMap<>();

    public Backends(ExtensionRegistry registry, Credentials credentials) {
        this.registry = registry;
        this.credentials = credentials;
    }

    private record Account(ExtensionId extension, @Nullable CredentialId credential, String fingerprint) {}

    /**
     * @param credential null for an extension that needs none
     * @throws SandboxException {@code UNKNOWN_EXTENSION}, {@code CREDENTIAL_MISSING}, {@code CREDENTIAL_UNDECRYPTABLE},
     *     {@code CREDENTIAL_INVALID}
     */
    public Backend of(ExtensionId extension, @Nullable CredentialId credential) {
        var account = new Account(extension, credential, credential == null ? "" : credentials.fingerprint(credential));
        return open.computeIfAbsent(account, this::open);
    }

    /**
     * Returns what {@link #of} returns, for a sandbox that is live. Reads no row once that backend is open: nobody can change the
     * key of a stored credential, or remove one that a live sandbox was made with.
     */
    public Backend ofLive(ExtensionId extension, @Nullable CredentialId credential) {
        return credential == null ? of(extension, null) : live.computeIfAbsent(credential, id -> of(extension, id));
    }

    private Backend open(Account account) {
        var id = account.credential();
        return registry.open(
                registry.get(account.extension()),
                id == null ? Credential.none() : credentials.open(id).credential());
    }

    /**
     * Asks the backend whether it accepts the credential, and keeps its answer; creates nothing.
     *
     * @throws SandboxException {@code CREDENTIAL_REFUSED}; {@code BACKEND_FAILED} when it couldn't be asked
     */
    public void check(ExtensionId extension, CredentialId credential) {
        try {
            of(extension, credential).check();
            credentials.accepted(credential);
        } catch (ExtensionException e) {
            noteRefusal(credential, e);
            throw failure(extension, credential, e);
        }
    }

    /** Remembers a credential that its backend no longer accepts, so that nothing new begins with it. */
    public void noteRefusal(@Nullable CredentialId credential, ExtensionException e) {
        if (credential != null && e.kind() == Kind.CREDENTIAL) {
            credentials.refused(credential, String.valueOf(e.getMessage()));
        }
    }

    /** What a backend's failure is called at our front doors. */
    public static SandboxException failure(
            ExtensionId extension, @Nullable CredentialId credential, ExtensionException e) {
        return e.kind() == Kind.CREDENTIAL && credential != null
                ? new SandboxException(
                        ErrorCode.CREDENTIAL_REFUSED,
                        extension + " refuses credential " + credential + ": " + e.getMessage()
                                + "; it is used for nothing new until `sandboxer credentials check " + credential
                                + "` succeeds",
                        e)
                : new SandboxException(ErrorCode.BACKEND_FAILED, extension + ": " + e.getMessage(), e);
    }

    /** Returns true if the extension declares that capability. */
    public boolean has(ExtensionId extension, Capability capability) {
        return registry.get(extension).capabilities().contains(capability);
    }

    /** See {@link Extension#hostBound}. */
    public boolean isHostBound(ExtensionId extension) {
        return registry.get(extension).hostBound();
    }

    /** See {@link Credentials#requireThere}; nothing where none is needed. */
    public void requireThere(Handle handle, @Nullable CredentialId credential) {
        if (credential != null) {
            credentials.requireThere(handle, credential);
        }
    }

    /** With what each account of an extension is reached: one null where none is needed. */
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
