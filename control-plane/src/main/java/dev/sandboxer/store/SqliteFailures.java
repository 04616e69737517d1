package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Translates failures of SQLite into messages for users. */
record SqliteFailures(Path file, Duration timeout) {
    <T> T translate(Supplier<T> work) {
        try {
            return work.get();
        } catch (SandboxException e) {
            throw e;
        } catch (RuntimeException e) {
            var cause = sqlite(e);
            if (cause == null) {
                throw e;
            }
            throw translated(cause);
        }
    }

    private SandboxException translated(SQLiteException e) {
        // the low byte of an extended code is the plain code
        return switch (SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff)) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                failure(
                        ErrorCode.STORE_LOCKED,
                        "was locked by another process for more than " + text(timeout)
                                + "; try again when it has finished",
                        e);
            case SQLITE_READONLY, SQLITE_PERM ->
                failure(ErrorCode.STORE_READ_ONLY, "is read-only; make it and its directory writable", e);
            case SQLITE_FULL -> failure(ErrorCode.DISK_FULL, "can't grow: the disk is full; free some space", e);
            case SQLITE_CANTOPEN ->
                failure(ErrorCode.STORE_READ_ONLY, "can't be opened; check the permissions of its directory", e);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                failure(
                        ErrorCode.STORE_DAMAGED,
                        "is damaged or not a database; restore it, or use another SANDBOXER_HOME",
                        e);
            case SQLITE_IOERR -> failure(ErrorCode.DISK_FULL, "can't be written or read: " + e.getMessage(), e);
            default -> failure(ErrorCode.INTERNAL, "failed: " + e.getMessage(), e);
        };
    }

    private static String text(Duration timeout) {
        var millis = timeout.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    private SandboxException failure(ErrorCode code, String what, SQLiteException cause) {
        return new SandboxException(code, "the database " + file + " " + what, cause);
    }

    private static @Nullable SQLiteException sqlite(@Nullable Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException found) {
                return found;
            }
        }
        return null;
    }
}
