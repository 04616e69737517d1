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
 * The master keys of this installation: a Tink keyset in a file that only we may read. The first of them seals, all of them
 * open. Several processes may use the file at once, and several homes, when it is not in one of them; whoever seals or rotates
 * holds the lock of the home, and whoever changes a file elsewhere the lock beside it too. So a file in a directory that we
 * may not write into can be read.
 */
final class MasterKeys {
    private final Path file;
    private final Path homes;

    /**
     * @param homes where the home's own file would be
     */
    MasterKeys(Path file, Path homes) {
        this.file = file;
        this.homes = homes;
    }

    Path file() {
        return file;
    }

    /** Whether other homes may use the file too. */
    boolean shared() {
        try {
            return !file.equals(homes)
                    && !(file.endsWith(Objects.requireNonNull(homes.getFileName()))
                            && Files.isSameFile(directory(), Objects.requireNonNull(homes.getParent())));
        } catch (IOException e) {
            return true; // its directory isn't even there
        }
    }

    private Path directory() {
        return Objects.requireNonNull(file.getParent());
    }

    /**
     * The keys as they are now.
     *
     * @throws SandboxException {@code MASTER_KEY_UNUSABLE} when the file is missing or no keyset
     */
    KeysetHandle read() {
        try {
            AeadConfig.register();
            return TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (NoSuchFileException e) {
            throw unusable("is missing", e);
        } catch (AccessDeniedException e) {
            throw failed("can't be read: permission denied; let us read it", e);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("can't be read (" + e.getMessage() + ")", e);
        }
    }

    /** Makes the first key. */
    void createUnlessThere() {
        if (!Files.exists(file)) {
            changing(() -> {
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
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /** Adds a key that seals from now on; the others still open. */
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
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /** Forgets all keys but the one that seals. */
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
            throw new IllegalStateException("a keyset keeps its primary key", e);
        }
    }

    static Aead aead(KeysetHandle keys) {
        try {
            return keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the master keys are for sealing", e);
        }
    }

    /** Does something while no other process of this home seals or rotates. */
    <T> T locked(Supplier<T> work) {
        try {
            return FileMutex.hold(homes, work);
        } catch (IOException e) {
            throw failed("can't be locked: no lock beside " + homes + " (" + reason(e) + ")", e);
        }
    }

    /** Does something with the file while no other home does; within {@link #locked}. */
    <T> T changing(Supplier<T> work) {
        if (!shared()) {
            return work.get();
        }
        try {
            return FileMutex.hold(file, work);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Whole or not at all, and on the disk before anything is sealed with it. */
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
            throw new IllegalStateException("a keyset can be written as JSON", e);
        }
    }

    private SandboxException unwritable(IOException e) {
        return failed(
                "can't be changed, since we can't write into its directory (" + reason(e)
                        + "); to use it as it is, reading the file is enough",
                e);
    }

    /** The JDK's own messages are often just a path. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it isn't there";
            default -> String.valueOf(e.getMessage());
        };
    }

    private SandboxException failed(String why, Exception cause) {
        return new SandboxException(ErrorCode.MASTER_KEY_UNUSABLE, "the master key " + file + " " + why, cause);
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** The failure that this is not the master key of the other servers of the database. */
    SandboxException notShared(Exception cause) {
        return failed(
                (exists() ? "opens none of" : "is missing, which opens")
                        + " the keys that the servers of this database share; they all need the same master key: copy"
                        + " master-key.json from the home of one that runs, or name one file with"
                        + " SANDBOXER_MASTER_KEY_FILE",
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
