package dev.sandboxer.extension.session;

/** An event of a process. Events come in order; {@link Exited} is the last one. */
public sealed interface ProcessEvent {
    /** The source of output. */
    enum Channel {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR,
        /** The terminal, which mixes standard output and standard error. */
        PTY
    }

    /**
     * A chunk of output, cut at any byte. Order is kept within a channel, not between stdout and stderr.
     *
     * @param channel the source
     * @param bytes owned by the receiver, which may change them
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Output(Channel channel, byte[] bytes) implements ProcessEvent {}

    /**
     * The end of a process. Follows all of its output.
     *
     * @param code exit code, 0 to 255; meaningless when a signal ended the process
     * @param signal number of the signal that ended the process; 0 = none
     * @param timedOut whether the process was killed because its {@link ProcessSpec#timeout} expired
     * @param outOfMemory whether the process, or a child of it, was killed because the sandbox ran out of memory; also false when the
     *     backend can't tell
     */
    record Exited(int code, int signal, boolean timedOut, boolean outOfMemory) implements ProcessEvent {
        /**
         * Creates an exit with {@code outOfMemory} false.
         *
         * @param code exit code, 0 to 255; meaningless when a signal ended the process
         * @param signal number of the signal that ended the process; 0 = none
         * @param timedOut whether the process was killed because its {@link ProcessSpec#timeout} expired
         */
        public Exited(int code, int signal, boolean timedOut) {
            this(code, signal, timedOut, false);
        }

        /**
         * Returns the exit status as a shell reports it: the code, or 128 + signal.
         *
         * @return 0 to 255
         */
        public int status() {
            return signal == 0 ? code : 128 + signal;
        }
    }
}
