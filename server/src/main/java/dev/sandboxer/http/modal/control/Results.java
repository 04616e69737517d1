package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult.Status;
import dev.sandboxer.protocol.modal.ClientProto.SandboxHandleMetadata;
import java.time.Duration;
import java.util.Optional;

/** How sandboxes ended, in Modal's words. */
final class Results {
    private static final int TIMED_OUT = 124;
    private static final int KILLED = 137;

    /** By how much a backend may have rounded a deadline. */
    private static final Duration ROUNDED = Duration.ofSeconds(2);

    private Results() {}

    /** The result of a sandbox; empty while it has none, and clients must see none then. */
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
            case KILLED ->
                SandboxNotes.of(sandbox)
                        .get(SandboxNotes.RESULT)
                        .map(Results::exited)
                        .orElseGet(() -> result(Status.TERMINATED, KILLED, ""));
            case EXPIRED -> result(isIdle(sandbox) ? Status.IDLE_TIMEOUT : Status.TIMEOUT, TIMED_OUT, "");
            case BUDGET -> result(Status.TERMINATED, KILLED, String.valueOf(why));
            case LOST, ABANDONED -> result(Status.INTERNAL_FAILURE, KILLED, String.valueOf(why));
            case FAILED -> result(Status.INIT_FAILURE, 1, String.valueOf(why));
        };
    }

    /** Its main process has ended by itself. */
    private static GenericResult exited(String code) {
        if (!code.matches("[0-9]{1,3}")) {
            return result(
                    Status.FAILURE,
                    1,
                    "the sandbox's command ended while no server followed it: its exit code is unknown");
        }
        var exit = Integer.parseInt(code);
        return result(exit == 0 ? Status.SUCCESS : Status.FAILURE, exit, "");
    }

    /** Returns true if it ended before its time, since nobody used it. */
    private static boolean isIdle(Sandbox sandbox) {
        var notes = SandboxNotes.of(sandbox);
        return notes.idleTimeout().isPresent()
                && notes.timeout()
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

    /** What answers say beside the sandbox. */
    static SandboxHandleMetadata metadata(Sandbox sandbox) {
        var metadata = SandboxHandleMetadata.newBuilder()
                .setAppId(SandboxNotes.of(sandbox).get(SandboxNotes.APP).orElse(""));
        of(sandbox).ifPresent(metadata::setResult);
        return metadata.build();
    }
}
