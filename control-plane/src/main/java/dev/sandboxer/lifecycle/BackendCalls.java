package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.routing.Backends;
import java.util.Objects;

/** What the failure of a call about a sandbox means for it, and for whoever asked. */
record BackendCalls(SandboxStore rows, Backends backends, Ending ending) {
    interface Call<T, E extends Exception> {
        T run() throws E;
    }

    /**
     * @throws SandboxException {@code SANDBOX_ENDED} when the backend has lost it, which is noted; {@code CREDENTIAL_REFUSED}, likewise;
     *     {@code BACKEND_FAILED}; refusals of the sandbox under their own codes
     */
    <T, E extends Exception> T run(Sandbox sandbox, Call<T, E> call) throws E {
        try {
            return call.run();
        } catch (OperationException e) {
            throw Refusals.translate(e);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                throw Sandboxes.ended(settle(sandbox));
            }
            backends.noteRefusal(sandbox.credential(), e);
            throw backendFailed(sandbox, e);
        }
    }

    /** After the backend has said that it is gone. */
    private Sandbox settle(Sandbox sandbox) {
        var current = rows.current(sandbox);
        if (current.state().ended() || current.state() == SandboxState.STOPPING) {
            return current; // who ends it just now knows why
        }
        try {
            return ending.gone(current);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                return rows.current(sandbox); // somebody else has seen it too
            }
            throw e;
        } catch (ExtensionException e) {
            throw backendFailed(sandbox, e);
        }
    }

    private static SandboxException backendFailed(Sandbox sandbox, ExtensionException e) {
        var extension = Objects.requireNonNull(sandbox.extension());
        return e.kind() == Kind.CREDENTIAL
                ? Backends.failure(extension, sandbox.credential(), e)
                : new SandboxException(ErrorCode.BACKEND_FAILED, "sandbox " + sandbox.id() + ": " + e.getMessage(), e);
    }
}
