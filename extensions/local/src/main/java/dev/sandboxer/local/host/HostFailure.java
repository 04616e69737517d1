package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Explains why a file of the host could not be read or written. The message of the JDK's exception is often only a path. */
public final class HostFailure {
    /** The texts of ENOSPC and EDQUOT, which the JDK passes on. */
    private static final String NO_SPACE = "No space left";

    private static final String OVER_QUOTA = "Disk quota exceeded";

    private HostFailure() {}

    public static String text(IOException e) {
        if (says(e, NO_SPACE)) {
            return "the host's disk is full; free some space";
        }
        if (says(e, OVER_QUOTA)) {
            return "the disk quota of this host's user is used up; free some space, or raise it";
        }
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileSystemException other ->
                other.getFile() + ": " + Objects.requireNonNullElse(other.getReason(), "failed");
            default -> Objects.requireNonNullElse(e.getMessage(), "failed");
        };
    }

    /** Returns true if the disk is full, or the user's quota on it is used up. */
    public static boolean isDiskFull(Throwable e) {
        return says(e, NO_SPACE) || says(e, OVER_QUOTA);
    }

    private static boolean says(Throwable e, String text) {
        return String.valueOf(e.getMessage()).contains(text) || (e.getCause() != null && says(e.getCause(), text));
    }
}
