package dev.sandboxer.credentials;

import dev.sandboxer.config.Home;
import dev.sandboxer.config.SecretFile;
import dev.sandboxer.credentials.CredentialStore.Row;
import dev.sandboxer.credentials.StoredCredential.Refusal;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.store.Database;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** The credentials of all owners. Thread-safe; any number of processes may share them. */
public final class Credentials {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    private final CredentialStore rows;
    private final MasterKeys masterKeys;
    private final SealedRows sealedRows;
    private final SharedKeys sharedKeys;
    private final Fingerprint fingerprint;
    private final PlatformEnvironment environment;
    private final Ownership ownership;
    private final KnownExtensions extensions;
    private final InstantSource clock;

    /**
     * Opens the vault of a home.
     *
     * @param users can veto the removal of a credential
     * @param environment the variables of this process, which may hold credentials of the platform
     */
    public Credentials(
            Database database,
            CredentialUsers users,
            Home home,
            Map<String, String> environment,
            KnownExtensions extensions,
            InstantSource clock) {
        this.rows = new CredentialStore(database, users);
        var configured = environment.getOrDefault("SANDBOXER_MASTER_KEY_FILE", "");
        var own = home.resolve("master-key.json");
        this.masterKeys = new MasterKeys(
                configured.isEmpty() ? own : home.resolve(configured).toAbsolutePath(), own);
        var keyRows = new SharedKeyStore(database);
        this.sealedRows = new SealedRows(rows, keyRows, masterKeys);
        this.sharedKeys = new SharedKeys(keyRows, masterKeys, sealedRows);
        this.fingerprint = fingerprint(database.isShared(), new SecretFile(home.resolve("fingerprint.key")));
        this.environment = new PlatformEnvironment(environment, extensions, fingerprint);
        this.ownership = new Ownership(rows, this.environment, fingerprint);
        this.extensions = extensions;
        this.clock = clock;
    }

    private Fingerprint fingerprint(boolean shared, SecretFile own) {
        return shared
                ? new Fingerprint(() -> sharedKeys.secret("fingerprint"), "the database's key \"fingerprint\"")
                : new Fingerprint(own::secret, own.path().toString());
    }

    /** Returns the secrets that all servers of a database share. */
    public SharedKeys sharedKeys() {
        return sharedKeys;
    }

    /**
     * Stores a credential.
     *
     * @throws SandboxException {@code CREDENTIAL_INVALID}; {@code CREDENTIAL_EXISTS} if the owner has one of that name, or if
     *     that key is stored for any owner or in the environment of this process; {@code MASTER_KEY_UNUSABLE}
     */
    public StoredCredential add(
            Owner owner, ExtensionId extension, String name, Map<String, String> fields, boolean platformFallback) {
        if (!NAME.matcher(name).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a credential's name has 1 to 64 lower-case letters, digits, dots, dashes or underscores, and begins"
                            + " and ends with a letter or digit");
        }
        var checked = checkForm(extension, fields);
        var print = fingerprint.of(extensions.get(extension), checked.fields());
        var credential = new StoredCredential(
                CredentialId.random(),
                owner,
                extension,
                name,
                platformFallback && owner.consumer() != null,
                Instant.ofEpochMilli(clock.millis()),
                null);
        return masterKeys.locked(() -> {
            ownership.requireNew(extensions.get(extension), credential, print);
            var sealed = sealedRows.seal(credential, checked.fields());
            if (!rows.insert(credential, sealed, print)) {
                throw Ownership.exists(credential);
            }
            return credential;
        });
    }

    /** Checks the form. From here on the redactor knows the secrets, even if the form is wrong. */
    private Credential checkForm(ExtensionId extension, Map<String, String> fields) {
        var known = extensions.get(extension);
        hideSecrets(known, fields);
        var credential = CredentialForm.check(known, fields);
        extensions.checkForm(known, credential);
        return credential;
    }

    /** Returns all stored credentials by owner and extension, newest first. */
    public List<StoredCredential> list() {
        return rows.list().stream().map(Row::credential).toList();
    }

    /** Returns an owner's stored credentials and the platform's, for any extension, newest first. */
    List<StoredCredential> usableBy(Owner owner) {
        return rows.usableBy(owner);
    }

    /**
     * Returns the stored credential with that id, or the only one with that name.
     *
     * @throws SandboxException {@code UNKNOWN_CREDENTIAL}, also if several have that name
     */
    public StoredCredential get(String idOrName) {
        var found = list().stream()
                .filter(it -> it.id().value().equals(idOrName) || it.name().equals(idOrName))
                .toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw unknown(
                found.isEmpty()
                        ? CredentialId.mention(idOrName) + " not found"
                        : "several credentials are called " + idOrName);
    }

    /**
     * Returns the id of any credential, by id or name; {@code env.e2b} means the key for {@code ext.e2b} in the environment.
     *
     * @throws SandboxException {@code UNKNOWN_CREDENTIAL}
     */
    public CredentialId id(String idOrName) {
        return CredentialId.isOfEnvironment(idOrName)
                ? environment.id(idOrName)
                : get(idOrName).id();
    }

    /** Returns the extension that a credential is for. */
    public ExtensionId extension(CredentialId id) {
        return id.isOfEnvironment()
                ? id.extensionOfEnvironment()
                : row(id).credential().extension();
    }

    static SandboxException unknown(String what) {
        return new SandboxException(
                ErrorCode.UNKNOWN_CREDENTIAL, what + "; list them with their ids: sandboxer credentials ls");
    }

    /**
     * Removes a credential permanently.
     *
     * @throws SandboxException {@code CREDENTIAL_IN_USE} while something made with it still exists
     */
    public void remove(StoredCredential credential) {
        var users = rows.removeUnlessUsed(credential.id(), isLost(credential.id()));
        if (!users.isEmpty()) {
            var shown = users.size() <= 5 ? users : users.subList(0, 5);
            throw new SandboxException(
                    ErrorCode.CREDENTIAL_IN_USE,
                    "credential " + credential.id() + " is needed for " + String.join(", ", shown)
                            + (users.size() > shown.size() ? " and " + (users.size() - shown.size()) + " more" : "")
                            + "; destroy or delete them first, or add a newer credential, which takes over for new sandboxes");
        }
    }

    /** Returns true if the credential can't be decrypted any more. */
    private boolean isLost(CredentialId id) {
        try {
            openStored(id);
            return false;
        } catch (SandboxException e) {
            return e.code() == ErrorCode.CREDENTIAL_UNDECRYPTABLE || e.code() == ErrorCode.MASTER_KEY_UNUSABLE;
        }
    }

    /**
     * The result of a rotation of the master key.
     *
     * @param count how many credentials are sealed with the new key
     * @param olderKept true if the older keys stay in the file, because other homes may need them
     */
    public record Rotation(int count, boolean olderKept) {}

    /**
     * Seals all credentials with a new master key and drops the older keys, unless other homes may need them. All or nothing: if
     * one credential can't be opened, neither the others nor the file change.
     *
     * @param dropShared drops the older keys even if other homes may use the file
     * @throws SandboxException {@code CREDENTIAL_UNDECRYPTABLE}, {@code MASTER_KEY_UNUSABLE}
     */
    public Rotation rotateMasterKey(boolean dropShared) {
        return masterKeys.locked(() -> sealedRows.rotate(dropShared));
    }

    /** A credential with its fields. */
    public record Opened(CredentialId id, ExtensionId extension, Credential credential) {}

    /**
     * Returns a text that changes whenever the credential's key does.
     *
     * @throws SandboxException {@code CREDENTIAL_MISSING}
     */
    public String fingerprint(CredentialId id) {
        if (id.isOfEnvironment()) {
            var extension = extensions.get(id.extensionOfEnvironment());
            return fingerprint.of(extension, environment.get(id).fields());
        }
        return row(id).fingerprint();
    }

    /**
     * Returns the credential with its fields, which the caller must keep secret. The redactor knows them from here on.
     *
     * @throws SandboxException {@code CREDENTIAL_MISSING}, {@code CREDENTIAL_UNDECRYPTABLE}, {@code MASTER_KEY_UNUSABLE}
     */
    public Opened open(CredentialId id) {
        var opened = id.isOfEnvironment()
                ? new Opened(id, id.extensionOfEnvironment(), environment.get(id))
                : openStored(id);
        hideSecrets(extensions.get(opened.extension()), opened.credential().fields());
        return opened;
    }

    /** Registers all values with the redactor, except those of fields declared open: a field with a wrong name may hold a secret. */
    private static void hideSecrets(Extension extension, Map<String, String> fields) {
        var open = extension.credentialFields().stream()
                .filter(field -> !field.secret())
                .map(CredentialField::name)
                .toList();
        Redactor.know(fields.entrySet().stream()
                .filter(field -> !open.contains(field.getKey()))
                .map(Map.Entry::getValue)
                .toList());
    }

    private Opened openStored(CredentialId id) {
        var row = row(id);
        try {
            return opened(row);
        } catch (GeneralSecurityException e) {
            var reread = row(id); // the master key may have been rotated between our two reads
            try {
                return opened(reread);
            } catch (GeneralSecurityException undecryptable) {
                throw sealedRows.undecryptable(id);
            }
        }
    }

    private Opened opened(Row row) throws GeneralSecurityException {
        var credential = row.credential();
        return new Opened(credential.id(), credential.extension(), new Credential(sealedRows.open(row)));
    }

    private Row row(CredentialId id) {
        return rows.find(id)
                .orElseThrow(
                        () -> new SandboxException(ErrorCode.CREDENTIAL_MISSING, "credential " + id + " was removed"));
    }

    /**
     * Fails if the credential was removed since it was chosen, and prevents its removal until the transaction ends. Call it in the
     * transaction that starts using the credential.
     *
     * @throws SandboxException {@code UNKNOWN_CREDENTIAL}
     */
    public void requireExists(Handle handle, CredentialId id) {
        if (!id.isOfEnvironment() && !rows.lock(handle, id)) {
            throw unknown("credential " + id + " was removed just now");
        }
    }

    /** Returns the platform's credential in the environment, if there is one. */
    public Optional<CredentialId> ofEnvironment(Extension extension) {
        return environment.id(extension);
    }

    /** Returns why a credential in the environment has a wrong form; empty if its form is right. */
    public Optional<String> malformed(Extension extension, CredentialId ofEnvironment) {
        try {
            checkForm(extension.id(), environment.get(ofEnvironment).fields());
            return Optional.empty();
        } catch (SandboxException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Returns a consumer's stored credential with the key that the environment holds; that key is then not the platform's. */
    public Optional<StoredCredential> consumerCredentialInEnvironment(Extension extension) {
        return ownership.consumerCredentialInEnvironment(extension);
    }

    /** Returns the refusal of any credential, stored or in the environment; empty if its backend has not refused it. */
    public Optional<Refusal> refusal(CredentialId id) {
        return rows.refusal(id, fingerprint(id));
    }

    /** Records that the backend refused a credential. It is used for nothing new until it is {@link #accepted} again. */
    public void refused(CredentialId id, String message) {
        rows.refused(
                id,
                fingerprint(id),
                clock.instant(),
                Redactor.clean(message).replace('\0', '?')); // PostgreSQL stores no NUL characters
    }

    /** Records that the backend accepted a credential. */
    public void accepted(CredentialId id) {
        rows.accepted(id);
    }

    /** Returns the credentials of all owners for an extension, so that sandboxes made with any of them can be managed. */
    public List<CredentialId> all(Extension extension) {
        var all = new ArrayList<CredentialId>();
        rows.list().stream()
                .map(Row::credential)
                .filter(it -> it.extension().equals(extension.id()))
                .forEach(it -> all.add(it.id()));
        ofEnvironment(extension).ifPresent(all::add);
        return all;
    }
}
