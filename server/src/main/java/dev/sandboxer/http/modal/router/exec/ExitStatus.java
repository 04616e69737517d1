package dev.sandboxer.http.modal.router.exec;

/** The end of a command: its exit code, or the signal that ended it. */
public sealed interface ExitStatus {
    /** The command exited. */
    record Code(int code) implements ExitStatus {}

    /** A signal ended the command. */
    record Signal(int number) implements ExitStatus {}

    /** The status of a command that was killed, or that this server no longer follows. */
    ExitStatus KILLED = new Signal(9);
}
