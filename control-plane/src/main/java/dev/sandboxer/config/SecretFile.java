package dev.sandboxer.config;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A secret of this installation, in its own file in the home. The file is created on first use. */
public record SecretFile(Path path) {
    private static final int BYTES = 32;

    /**
     * Returns the secret, 32 bytes.
     *
     * @throws SandboxException {@code HOME_NOT_WRITABLE} when the file can be neither read nor created
     */
    public byte[] secret() {
        try {
            try {
                return read();
            } catch (NoSuchFileException e) {
                create();
                return read();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new SandboxException(
                    ErrorCode.HOME_NOT_WRITABLE,
                    "the secret in " + path + " can't be used (" + e.getMessage() + "); it must be " + 2 * BYTES
                            + " hex digits, readable for the user who runs sandboxer",
                    e);
        }
    }

    private byte[] read() throws IOException {
        var secret = HexFormat.of().parseHex(Files.readString(path).strip());
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("it has " + secret.length + " bytes");
        }
        return secret;
    }

    /** Creates the file atomically; of several processes that create it at once, one wins. */
    private void create() throws IOException {
        var secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var draft = Files.createTempFile(path.getParent(), "secret", ".new", onlyUs);
        try {
            Files.writeString(draft, HexFormat.of().formatHex(secret) + "\n");
            Files.createLink(path, draft);
        } catch (FileAlreadyExistsException e) {
            // another process created the file first; its secret is used
        } finally {
            Files.delete(draft);
        }
    }
}
