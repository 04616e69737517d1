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

/** What the failure of a call about a sandbox means for it, and for whoever asked. */
record BackendCalls(SandboxStore sandboxes, Backends backends, Hosts hosts, Termination termination) {
    interface Call<T, E extends Exception> {
        T run() throws E;
    }

    /**
     * @throws SandboxException {@code HOST_AWAY} when only another host can reach it; {@code SANDBOX_ENDED} when the backend has lost it, which is noted; {@code CREDENTIAL_REFUSED}, likewise;
     *     {@code BACKEND_FAILED}; refusals of the sandbox under their own codes
     */
    <T, E extends Exception> T run(Sandbox sandbox, Call<T, E> call) throws E {
        hosts.requireHere("sandbox " + sandbox.id(), sandbox.host());
        try {
            return call.run();
        } catch (OperationException e) {
            throw OperationFailures.translate(e);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                throw settle(sandbox).hasEnded();
            }
            backends.noteRefusal(sandbox.credential(), e);
            throw backendFailed(sandbox, e);
        }
    }

    /** After the backend has said that it is gone. */
    private Sandbox settle(Sandbox sandbox) {
        var current = sandboxes.current(sandbox);
        if (current.state().ended() || current.state() == SandboxState.STOPPING) {
            return current; // who ends it just now knows why
        }
        try {
            return termination.recordGone(current);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                return sandboxes.current(sandbox); // somebody else has seen it too
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
}
