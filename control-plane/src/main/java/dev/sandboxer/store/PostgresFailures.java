package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates failures of PostgreSQL into messages for users. */
record PostgresFailures(String location) {
    <T> T translate(Supplier<T> work) {
        try {
            return work.get();
        } catch (SandboxException e) {
            throw e;
        } catch (RuntimeException e) {
            var cause = sql(e);
            if (cause == null) {
                throw e;
            }
            throw translated(cause);
        }
    }

    /** Translates by SQLSTATE. Source: PostgreSQL's manual, appendix "Error Codes". */
    private SandboxException translated(SQLException e) {
        return switch (e.getSQLState()) {
            case null ->
                failure(ErrorCode.STORE_LOCKED, "had no free connection in time (" + text(e) + "); try again", e);
            case "08004", "28000", "28P01" ->
                failure(
                        ErrorCode.STORE_ACCESS_DENIED,
                        "refused the connection (" + text(e) + "); check user, password and sslmode in "
                                + PostgresUrl.VARIABLE + " or " + PostgresDatabase.PASSWORD_FILE,
                        e);
            case "22023" ->
                failure(
                        ErrorCode.INVALID_CONFIG,
                        "refused a parameter (" + text(e) + "); correct " + PostgresUrl.VARIABLE,
                        e);
            case "3D000" ->
                failure(ErrorCode.STORE_MISSING, "does not exist; create it, or correct " + PostgresUrl.VARIABLE, e);
            case "42501" ->
                failure(
                        ErrorCode.STORE_ACCESS_DENIED,
                        "denied its user a privilege (" + text(e)
                                + "); make the user its owner, or GRANT the missing privilege",
                        e);
            case "25006" -> failure(ErrorCode.STORE_READ_ONLY, "is read-only; if it is a standby, use its primary", e);
            case "53100" ->
                failure(ErrorCode.DISK_FULL, "can't grow: the disk of its server is full; free some space", e);
            case "22021", "22P05" ->
                failure(ErrorCode.INVALID_ARGUMENT, "can't store a text with a NUL character; remove the character", e);
            case "25P03", "40001", "40P01", "55P03", "57014" ->
                failure(
                        ErrorCode.STORE_LOCKED,
                        "rolled back the change because of a concurrent one (" + text(e) + "); try again",
                        e);
            case "42P01", "42703" ->
                failure(
                        ErrorCode.STORE_DAMAGED,
                        "lacks a table or column (" + text(e) + "); restore it, or use another database",
                        e);
            case String state -> byClass(state, e);
        };
    }

    private SandboxException byClass(String state, SQLException e) {
        return switch (state.length() < 2 ? state : state.substring(0, 2)) {
            case "08", "57" ->
                failure(
                        ErrorCode.STORE_UNREACHABLE,
                        "can't be reached (" + text(e) + "); check that its server runs, and " + PostgresUrl.VARIABLE
                                + ", then try again",
                        e);
            case "53" ->
                failure(ErrorCode.STORE_UNREACHABLE, "is short of resources (" + text(e) + "); try again later", e);
            case "XX" -> failure(ErrorCode.STORE_DAMAGED, "is damaged (" + text(e) + "); restore it", e);
            default -> failure(ErrorCode.INTERNAL, "failed: " + text(e), e);
        };
    }

    private SandboxException failure(ErrorCode code, String what, SQLException cause) {
        return new SandboxException(code, "the database " + location + " " + what, cause);
    }

    /** Returns the message on one line and without secrets. */
    private static String text(SQLException e) {
        return Redactor.clean(String.valueOf(e.getMessage()).strip().replaceAll("\\.?\\s*\\R\\s*", "; "));
    }

    /** Returns the deepest exception with an SQLSTATE, which comes from the server or the driver and not from the pool. */
    private static @Nullable SQLException sql(@Nullable Throwable e) {
        SQLException found = null;
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && (found == null || sql.getSQLState() != null)) {
                found = sql;
            }
        }
        return found;
    }
}
