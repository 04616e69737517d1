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

/** A secret of this installation in a file of its own in the home, made by whoever needs it first. */
public record SecretFile(Path path) {
    private static final int BYTES = 32;

    /**
     * The secret.
     *
     * @throws SandboxException {@code HOME_NOT_WRITABLE} when it can be neither read nor made
     */
    public byte[] secret() {
        try {
            try {
                return read();
            } catch (NoSuchFileException e) {
                make();
                return read();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new SandboxException(
                    ErrorCode.HOME_NOT_WRITABLE,
                    "the secret in " + path + " can't be used (" + e.getMessage() + "); it has to be " + 2 * BYTES
                            + " hex digits, readable by us",
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

    /** Whole or not at all, also when several processes make it at once. */
    private void make() throws IOException {
        var secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var draft = Files.createTempFile(path.getParent(), "secret", ".new", onlyUs);
        try {
            Files.writeString(draft, HexFormat.of().formatHex(secret) + "\n");
            Files.createLink(path, draft);
        } catch (FileAlreadyExistsException e) {
            // somebody else was faster: theirs it is
        } finally {
            Files.delete(draft);
        }
    }
}
