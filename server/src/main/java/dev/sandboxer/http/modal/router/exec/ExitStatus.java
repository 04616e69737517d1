package dev.sandboxer.http.modal.router.exec;

/** How a command ended. */
public sealed interface ExitStatus {
    /** By itself. */
    record Code(int code) implements ExitStatus {}

    /** By a signal. */
    record Signal(int number) implements ExitStatus {}

    /** What a command has that was ended from outside. */
    ExitStatus KILLED = new Signal(9);
}
