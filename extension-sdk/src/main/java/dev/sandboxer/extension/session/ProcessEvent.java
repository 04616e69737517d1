package dev.sandboxer.extension.session;

/** What a process does, in order. After {@link Exited} nothing follows. */
public sealed interface ProcessEvent {
    /** Where output comes from. */
    enum Channel {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR,
        /** Both, as a terminal shows them. */
        PTY
    }

    /**
     * A piece of output, cut anywhere. Order is kept within a channel, not between stdout and stderr.
     *
     * @param channel where it comes from
     * @param bytes belong to the receiver
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Output(Channel channel, byte[] bytes) implements ProcessEvent {}

    /**
     * The process has ended, and all its output was given out.
     *
     * @param code exit code, 0 to 255; meaningless when a signal ended it
     * @param signal number of the signal that ended it, 0 for none
     * @param timedOut whether it was killed because its time was up
     */
    record Exited(int code, int signal, boolean timedOut) implements ProcessEvent {
        /**
         * As a shell reports it: the code, or 128 + signal.
         *
         * @return 0 to 255
         */
        public int status() {
            return signal == 0 ? code : 128 + signal;
        }
    }
}
