package dev.sandboxer.templates;

/** A failed step of a build. The message says why. */
final class StepFailure extends Exception {
    private static final long serialVersionUID = 1;

    StepFailure(String message) {
        super(message);
    }
}
