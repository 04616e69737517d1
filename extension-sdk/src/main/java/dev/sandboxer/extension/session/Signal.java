package dev.sandboxer.extension.session;

/** The signals that can be sent, with their Linux numbers. */
public enum Signal {
    /** The terminal was closed. */
    HUP(1),
    /** Ctrl-C. */
    INT(2),
    /** Ctrl-backslash. */
    QUIT(3),
    /** Aborts a process after a fatal error. */
    ABRT(6),
    /** Ends a process at once; it can't be caught. */
    KILL(9),
    /** For the program's own use. */
    USR1(10),
    /** For the program's own use. */
    USR2(12),
    /** A timer has expired. */
    ALRM(14),
    /** Asks a process to end. */
    TERM(15),
    /** Continues a stopped process. */
    CONT(18),
    /** Stops a process; it can't be caught. */
    STOP(19),
    /** Ctrl-Z. */
    TSTP(20),
    /** Urgent data has arrived on a socket. */
    URG(23),
    /** The CPU time of the process is used up. */
    XCPU(24),
    /** A file has exceeded the size limit. */
    XFSZ(25),
    /** A timer of CPU time has expired. */
    VTALRM(26),
    /** A profiling timer has expired. */
    PROF(27),
    /** The size of the terminal has changed. */
    WINCH(28),
    /** Input or output is possible again. */
    IO(29),
    /** The power is failing. */
    PWR(30),
    /** The program called a system call that doesn't exist. */
    SYS(31);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** {@return its Linux number} */
    public int number() {
        return number;
    }
}
