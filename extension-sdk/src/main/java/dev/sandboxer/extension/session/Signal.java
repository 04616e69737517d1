package dev.sandboxer.extension.session;

/** The signals that can be sent, with their Linux numbers. */
public enum Signal {
    /** The terminal is gone. */
    HUP(1),
    /** Ctrl-C. */
    INT(2),
    /** Ctrl-backslash. */
    QUIT(3),
    /** Ends a process at once; it can't be caught. */
    KILL(9),
    /** For the program's own use. */
    USR1(10),
    /** For the program's own use. */
    USR2(12),
    /** Asks a process to end. */
    TERM(15),
    /** Lets a stopped process go on. */
    CONT(18),
    /** Stops a process; it can't be caught. */
    STOP(19),
    /** Ctrl-Z. */
    TSTP(20),
    /** The terminal has another size. */
    WINCH(28);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** {@return its Linux number} */
    public int number() {
        return number;
    }
}
