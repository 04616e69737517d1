package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.routing.Backends;

/**
 * Runs backend calls about a sandbox, and converts their failures into {@link SandboxException}s. Writes the end of a sandbox that is gone.
 */
record BackendCalls(SandboxStore sandboxes, Backends backends, Hosts hosts, Termination termination) {
    /** A call to a backend. */
    interface Call<T, E extends Exception> {
        T run() throws E;
    }

    /**
     * Runs a call.
     *
     * @throws SandboxException {@code HOST_AWAY} when only another host can reach the sandbox; {@code SANDBOX_ENDED} when the backend no
     *     longer has it: its end is written; {@code CREDENTIAL_REFUSED}: the refusal is recorded; {@code BACKEND_FAILED}; failed operations
     *     in the sandbox with their own codes
     */
    <T, E extends Exception> T run(Sandbox sandbox, Call<T, E> call) throws E {
        hosts.requireHere("sandbox " + sandbox.id(), sandbox.host());
        try {
            return call.run();
        } catch (OperationException e) {
            throw translate(e);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                throw recordGone(sandbox).hasEnded();
            }
            backends.recordRefusal(sandbox.credential(), e);
            throw backendFailed(sandbox, e);
        }
    }

    /** Writes the end of a sandbox that its backend reported as gone. Returns the sandbox as it is then. */
    private Sandbox recordGone(Sandbox sandbox) {
        var current = sandboxes.current(sandbox);
        if (current.state().ended() || current.state() == SandboxState.STOPPING) {
            return current; // another call ends it, and knows the reason
        }
        try {
            return termination.recordGone(current);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                return sandboxes.current(sandbox); // another call has written it
            }
            throw e;
        } catch (ExtensionException e) {
            throw backendFailed(sandbox, e);
        }
    }

    private static SandboxException backendFailed(Sandbox sandbox, ExtensionException e) {
        return e.kind() == Kind.CREDENTIAL
                ? Backends.failure(sandbox.extension(), sandbox.credential(), e)
                : new SandboxException(ErrorCode.BACKEND_FAILED, "sandbox " + sandbox.id() + ": " + e.getMessage(), e);
    }

    /** Maps a failed operation in a sandbox to an error code. */
    private static SandboxException translate(OperationException e) {
        var code = switch (e.reason()) {
            case COMMAND_NOT_FOUND -> ErrorCode.COMMAND_NOT_FOUND;
            case NOT_EXECUTABLE -> ErrorCode.COMMAND_NOT_EXECUTABLE;
            case CWD_MISSING -> ErrorCode.CWD_MISSING;
            case UNKNOWN_USER -> ErrorCode.UNKNOWN_USER;
            case INVALID, PROCESS_NOT_FOUND, STDIN_CLOSED, REFUSED, UNSUPPORTED, LIMIT -> ErrorCode.OPERATION_REFUSED;
            case NOT_FOUND,
                    ALREADY_EXISTS,
                    NOT_A_DIRECTORY,
                    IS_A_DIRECTORY,
                    PERMISSION_DENIED,
                    NO_SPACE,
                    LOOP,
                    IO,
                    NOT_EMPTY,
                    SPECIAL_FILE,
                    TOO_LONG -> ErrorCode.FILE_REFUSED;
        };
        return new SandboxException(code, String.valueOf(e.getMessage()), e);
    }
}
