package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult.Status;
import dev.sandboxer.protocol.modal.ClientProto.SandboxHandleMetadata;
import java.time.Duration;
import java.util.Optional;

/** Translates the reasons for which sandboxes ended into Modal's results. */
final class Results {
    private static final int TIMED_OUT = 124;
    private static final int KILLED = 137;

    /** The most by which a backend may round a deadline. */
    private static final Duration ROUNDED = Duration.ofSeconds(2);

    private Results() {}

    /** Returns a sandbox's result; empty until it has ended, because clients take any result as its end. */
    static Optional<GenericResult> of(Sandbox sandbox) {
        return sandbox.state().ended() ? Optional.of(ended(sandbox)) : Optional.empty();
    }

    private static GenericResult ended(Sandbox sandbox) {
        var reason = sandbox.reason();
        if (reason == null) {
            return result(Status.INTERNAL_FAILURE, 1, "");
        }
        var why = sandbox.hasEnded().getMessage();
        return switch (reason) {
            case KILLED, COMPLETED ->
                ModalMetadata.of(sandbox)
                        .get(ModalMetadata.RESULT)
                        .map(Results::exited)
                        .orElseGet(() -> result(Status.TERMINATED, KILLED, ""));
            case EXPIRED -> result(isIdle(sandbox) ? Status.IDLE_TIMEOUT : Status.TIMEOUT, TIMED_OUT, "");
            case IDLE -> result(Status.IDLE_TIMEOUT, TIMED_OUT, "");
            case BUDGET -> result(Status.TERMINATED, KILLED, String.valueOf(why));
            case LOST, ABANDONED -> result(Status.INTERNAL_FAILURE, KILLED, String.valueOf(why));
            case FAILED -> result(Status.INIT_FAILURE, 1, String.valueOf(why));
        };
    }

    /** Returns the result of a sandbox whose main process ended. */
    private static GenericResult exited(String code) {
        if (!code.matches("[0-9]{1,3}")) {
            return result(
                    Status.FAILURE,
                    1,
                    "the sandbox's command ended while no server watched it; its exit code is unknown");
        }
        var exit = Integer.parseInt(code);
        return result(exit == 0 ? Status.SUCCESS : Status.FAILURE, exit, "");
    }

    /** Returns true if an idle timeout set the deadline, which is then well before the sandbox's timeout. */
    private static boolean isIdle(Sandbox sandbox) {
        var metadata = ModalMetadata.of(sandbox);
        return metadata.idleTimeout().isPresent()
                && metadata.timeout()
                        .filter(timeout -> sandbox.deadline()
                                .plus(ROUNDED)
                                .isBefore(sandbox.createdAt().plus(timeout)))
                        .isPresent();
    }

    private static GenericResult result(Status status, int exitCode, String exception) {
        return GenericResult.newBuilder()
                .setStatus(status)
                .setExitcode(exitCode)
                .setException(exception)
                .build();
    }

    /** Returns the metadata that answers contain in addition to a sandbox's id. */
    static SandboxHandleMetadata metadata(Sandbox sandbox) {
        var metadata = SandboxHandleMetadata.newBuilder()
                .setAppId(ModalMetadata.of(sandbox).get(ModalMetadata.APP).orElse(""));
        of(sandbox).ifPresent(metadata::setResult);
        return metadata.build();
    }
}
