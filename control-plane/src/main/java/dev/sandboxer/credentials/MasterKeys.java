package dev.sandboxer.credentials;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.FileMutex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The master keys of this installation: a Tink keyset in a file that only its owner may read. The primary key seals secrets; each key can
 * open those that it sealed. Several processes may use the file at once, and several homes may share a file outside of them. Sealing and
 * rotating hold the lock of the home; changing a file outside the home also holds the lock beside the file. Reading needs no lock, so the
 * directory of the file may be read-only.
 */
final class MasterKeys {
    private final Path file;
    private final Path homeFile;

    /**
     * @param homeFile the default place of the file, in the home
     */
    MasterKeys(Path file, Path homeFile) {
        this.file = file;
        this.homeFile = homeFile;
    }

    Path file() {
        return file;
    }

    /** Returns true if other homes may use the file too. */
    boolean isShared() {
        try {
            return !file.equals(homeFile)
                    && !(file.endsWith(Objects.requireNonNull(homeFile.getFileName()))
                            && Files.isSameFile(directory(), Objects.requireNonNull(homeFile.getParent())));
        } catch (IOException e) {
            return true; // its directory does not exist
        }
    }

    private Path directory() {
        return Objects.requireNonNull(file.getParent());
    }

    /**
     * Reads the keys from the file.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE} if the file is missing, unreadable or not a keyset
     */
    KeysetHandle read() {
        try {
            AeadConfig.register();
            return TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (NoSuchFileException e) {
            throw unusable("is missing", e);
        } catch (AccessDeniedException e) {
            throw failed("can't be read: permission denied; make it readable for the user who runs sandboxer", e);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("can't be read (" + e.getMessage() + ")", e);
        }
    }

    /** Creates the file with the first key if it is absent. */
    void createIfAbsent() {
        if (!Files.exists(file)) {
            lockedFile(() -> {
                if (!Files.exists(file)) { // another home may have been faster
                    create();
                }
                return true;
            });
        }
    }

    private void create() {
        try {
            AeadConfig.register();
            write(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES is not available", e);
        }
    }

    /** Adds a new primary key, which seals from now on; the others still open. */
    KeysetHandle addKey() {
        try {
            var more = KeysetHandle.newBuilder(read())
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                            .withRandomId()
                            .makePrimary())
                    .build();
            write(more);
            return more;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES is not available", e);
        }
    }

    /** Drops all keys but the primary one. */
    void dropOthers() {
        var all = read();
        var primary = all.getPrimary().getId();
        var builder = KeysetHandle.newBuilder(all);
        for (int i = builder.size() - 1; i >= 0; i--) {
            if (all.getAt(i).getId() != primary) {
                builder.deleteAt(i);
            }
        }
        try {
            write(builder.build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the older master keys could not be dropped", e);
        }
    }

    static Aead aead(KeysetHandle keys) {
        try {
            return keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the master keys are not AEAD keys", e);
        }
    }

    /** Runs the work while no other process of this home seals or rotates. */
    <T> T locked(Supplier<T> work) {
        try {
            return FileMutex.hold(homeFile, work);
        } catch (IOException e) {
            throw failed("can't be locked: no lock file can be written beside " + homeFile + " (" + reason(e) + ")", e);
        }
    }

    /** Runs the work while no other home changes the file. Call it within {@link #locked}. */
    <T> T lockedFile(Supplier<T> work) {
        if (!isShared()) {
            return work.get();
        }
        try {
            return FileMutex.hold(file, work);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Replaces the file atomically. The new keys are on the disk before anything is sealed with them. */
    private void write(KeysetHandle keys) {
        try {
            var text = TinkJsonProtoKeysetFormat.serializeKeyset(
                    keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var directory = directory();
            var draft = Files.createTempFile(directory, "master-key", ".new", onlyUs);
            try {
                try (var out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                    out.force(true);
                }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
            try (var entries = FileChannel.open(directory)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw unwritable(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the master keys could not be written as JSON", e);
        }
    }

    private SandboxException unwritable(IOException e) {
        return failed(
                "can't be changed: its directory is not writable (" + reason(e)
                        + "); make the directory writable for the user who runs sandboxer",
                e);
    }

    /** Returns the reason in words; the JDK's own messages are often just a path. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it does not exist";
            default -> String.valueOf(e.getMessage());
        };
    }

    private SandboxException failed(String why, Exception cause) {
        return new SandboxException(ErrorCode.MASTER_KEY_UNUSABLE, "the master key " + file + " " + why, cause);
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Returns the failure for a master key that differs from that of the database's other servers. */
    SandboxException notShared(Exception cause) {
        return failed(
                (exists() ? "differs from that of other servers" : "is missing")
                        + ", but all servers of this database need the same one; copy master-key.json from the home"
                        + " of another server, or name one file with SANDBOXER_MASTER_KEY_FILE",
                cause);
    }

    SandboxException unusable(String why, @Nullable Exception cause) {
        return new SandboxException(
                ErrorCode.MASTER_KEY_UNUSABLE,
                "the master key " + file + " " + why + "; restore it from your backup, or remove the credentials"
                        + " sealed with it and add them again",
                cause);
    }
}
