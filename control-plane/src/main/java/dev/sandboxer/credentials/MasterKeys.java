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
 * open. Several processes may use the file at once; whoever seals or rotates holds its lock.
 */
final class MasterKeys {
    private final Path file;

    MasterKeys(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    boolean exist() {
        return Files.exists(file);
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
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("can't be read (" + e.getMessage() + ")", e);
        }
    }

    /** Makes the first key. */
    void create() {
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

    /** Does something while no other process seals or rotates. */
    <T> T locked(Supplier<T> work) {
        try {
            return FileMutex.hold(file, work);
        } catch (IOException e) {
            throw unusable("can't be locked (" + e.getMessage() + ")", e);
        }
    }

    /** Whole or not at all, and on the disk before anything is sealed with it. */
    private void write(KeysetHandle keys) {
        try {
            var text = TinkJsonProtoKeysetFormat.serializeKeyset(
                    keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var directory = Objects.requireNonNull(file.getParent());
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
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("can't be written (" + e.getMessage() + ")", e);
        }
    }

    SandboxException unusable(String why, @Nullable Exception cause) {
        return new SandboxException(
                ErrorCode.MASTER_KEY_UNUSABLE,
                "the master key " + file + " " + why + "; restore it from your backup, or remove the credentials"
                        + " sealed with it and add them again",
                cause);
    }
}
