package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Explains why a file of the host could not be read or written. The message of the JDK's exception is often only a path. */
public final class HostFailure {
    private HostFailure() {}

    public static String text(IOException e) {
        if (isDiskFull(e)) {
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

    public static boolean isDiskFull(Throwable e) {
        return String.valueOf(e.getMessage()).contains("No space left")
                || (e.getCause() != null && isDiskFull(e.getCause()));
    }
}
