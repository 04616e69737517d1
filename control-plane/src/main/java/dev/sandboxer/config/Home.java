package dev.sandboxer.config;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;

/** The directory in which one installation of sand-boxer keeps everything. */
public record Home(Path directory) {
    private static final String OWN = "set SANDBOXER_HOME to a directory of your own";
    private static final Path OWN_PROCESS = Path.of("/proc/self");
    private static final int DIRECTORY = 0040000;
    private static final int FILE_TYPE = 0170000;
    private static final int WRITABLE_BY_OTHERS = 0002;

    public Home {
        directory = directory.toAbsolutePath();
    }

    /** Returns {@code SANDBOXER_HOME}, or else {@code .sandboxer} in the user's home. Does not touch the file system. */
    public static Home locate(Map<String, String> environment) {
        String set = environment.getOrDefault("SANDBOXER_HOME", "");
        String user = environment.getOrDefault("HOME", "");
        try {
            if (!set.isEmpty()) {
                return new Home(Path.of(set));
            }
            return new Home(Path.of(user.isEmpty() ? System.getProperty("user.home", "") : user, ".sandboxer"));
        } catch (InvalidPathException e) {
            // The path is not ASCII, and the locale allows only ASCII.
            throw new SandboxException(
                    ErrorCode.HOME_NOT_WRITABLE,
                    Spelling.quoted(e.getInput()) + " can't be a path in this locale; set LC_ALL=C.UTF-8, or " + OWN,
                    e);
        }
    }

    /**
     * Creates the home if it is absent, checks that it can be used, and closes it to other users. Takes a few calls to the file
     * system.
     *
     * @throws SandboxException {@code HOME_NOT_WRITABLE}, saying what to do
     */
    public Home prepare() {
        try {
            try {
                check();
            } catch (NoSuchFileException e) {
                create();
                check();
            }
            HomePermissions.mend(directory);
            return this;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    public Path config() {
        return directory.resolve("config.yaml");
    }

    public Path database() {
        return directory.resolve("sandboxer.db");
    }

    /** Returns the directory for jars of third parties. */
    public Path extensions() {
        return directory.resolve("extensions");
    }

    public Path resolve(String name) {
        return directory.resolve(name);
    }

    private void check() throws IOException {
        Map<String, Object> attributes = Files.readAttributes(directory, "unix:mode,uid");
        int mode = (int) Objects.requireNonNull(attributes.get("mode"));
        if ((mode & FILE_TYPE) != DIRECTORY) {
            throw refused("is not a directory; remove it, or " + OWN);
        }
        int owner = (int) Objects.requireNonNull(attributes.get("uid"));
        int us = (int) Files.getAttribute(OWN_PROCESS, "unix:uid");
        if (owner != us) {
            throw refused(
                    "belongs to user id " + owner + ", but sandboxer runs as " + us + "; run as its owner, or " + OWN);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw refused("is writable by everybody; run: chmod 700 '" + directory + "', or " + OWN);
        }
        if (!Files.isWritable(directory)) {
            throw refused("is not writable; run: chmod 700 '" + directory + "' (this does not help on a read-only"
                    + " file system), or " + OWN);
        }
    }

    private void create() throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Files.createDirectories(parent);
        }
        try {
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectory(directory, onlyUs);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, or this is a dangling link; the next check tells which.
        }
    }

    private SandboxException refused(String why) {
        return new SandboxException(ErrorCode.HOME_NOT_WRITABLE, "the home " + directory + " " + why);
    }

    private SandboxException failed(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : null;
        if (reason == null) {
            reason = switch (e) {
                case NoSuchFileException missing -> "the path has a broken link";
                case AccessDeniedException denied -> "permission denied";
                case FileAlreadyExistsException exists -> "a part of the path is a file";
                default -> e.toString();
            };
        }
        ErrorCode code = reason.startsWith("No space left") ? ErrorCode.DISK_FULL : ErrorCode.HOME_NOT_WRITABLE;
        return new SandboxException(
                code, "the home " + directory + " can't be used (" + reason + "); fix that, or " + OWN, e);
    }
}
