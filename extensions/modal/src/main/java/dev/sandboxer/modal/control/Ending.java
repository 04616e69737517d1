package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.modal.rpc.StatusMapper;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;

/**
 * How a sandbox has ended.
 *
 * @param text as in "it was terminated"
 */
public record Ending(String text) {
    private static final int KILLED = 137;

    static final Ending FORGOTTEN = new Ending("Modal knows it no more");

    static Ending of(GenericResult result, StatusMapper errors) {
        var exception = errors.line(result.getException());
        return new Ending(why(result) + (exception.isEmpty() ? "" : ": " + exception));
    }

    private static String why(GenericResult result) {
        return switch (result.getStatus()) {
            case TERMINATED -> "it was terminated";
            case TIMEOUT -> "its time was up";
            case IDLE_TIMEOUT -> "it was idle for too long";
            case INIT_FAILURE -> "it could not be started";
            case INTERNAL_FAILURE -> "Modal had a failure of its own";
            case MEMORY_MANAGER_EVICTION -> "it was out of memory";
            default ->
                result.getExitcode() == KILLED
                        ? "it was killed, possibly out of memory"
                        : "its main process ended with exit code " + result.getExitcode();
        };
    }

    public ExtensionException gone(BackendRef sandbox) {
        return ExtensionException.notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended: " + text);
    }
}
