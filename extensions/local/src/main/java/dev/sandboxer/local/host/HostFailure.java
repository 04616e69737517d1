package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Why a file of the host could not be read or written, in words; the JDK's own are often just a path. */
public final class HostFailure {
    private HostFailure() {}

    public static String text(IOException e) {
        if (isFull(e)) {
            return "the host's disk is full; free some space";
        }
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileSystemException other ->
                other.getFile() + ": " + Objects.requireNonNullElse(other.getReason(), "failed");
            default -> Objects.requireNonNullElse(e.getMessage(), "failed");
        };
    }

    public static boolean isFull(Throwable e) {
        return String.valueOf(e.getMessage()).contains("No space left")
                || (e.getCause() != null && isFull(e.getCause()));
    }
}
