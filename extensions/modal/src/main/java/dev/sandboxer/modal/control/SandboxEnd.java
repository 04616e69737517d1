package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.modal.rpc.StatusMapper;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;

/**
 * How a sandbox has ended.
 *
 * @param text the reason as a sentence, such as "it was terminated"
 */
public record SandboxEnd(String text) {
    private static final int KILLED = 137;

    static final SandboxEnd FORGOTTEN = new SandboxEnd("Modal no longer knows it");

    static SandboxEnd of(GenericResult result, StatusMapper errors) {
        var exception = errors.redactedLine(result.getException());
        return new SandboxEnd(why(result) + (exception.isEmpty() ? "" : ": " + exception));
    }

    private static String why(GenericResult result) {
        return switch (result.getStatus()) {
            case TERMINATED -> "it was terminated";
            case TIMEOUT -> "its time limit was reached";
            case IDLE_TIMEOUT -> "it was idle for too long";
            case INIT_FAILURE -> "it could not be started";
            case INTERNAL_FAILURE -> "Modal had an internal failure";
            case MEMORY_MANAGER_EVICTION -> "it ran out of memory";
            default ->
                result.getExitcode() == KILLED
                        ? "it was killed, possibly out of memory"
                        : "its main process ended with exit code " + result.getExitcode();
        };
    }

    /** Returns the exception for a call to a sandbox that has ended this way. */
    public ExtensionException gone(BackendRef sandbox) {
        return ExtensionException.notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended: " + text);
    }
}
