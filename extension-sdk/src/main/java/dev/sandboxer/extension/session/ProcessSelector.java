package dev.sandboxer.extension.session;

/** Selects a process inside a sandbox. */
public sealed interface ProcessSelector {
    /**
     * Whether a process is the one selected.
     *
     * @param process the process to look at
     * @return true if it is
     */
    boolean names(ProcessInfo process);

    /**
     * By its process id inside the sandbox.
     *
     * @param pid its process id inside
     */
    record ByPid(int pid) implements ProcessSelector {
        @Override
        public boolean names(ProcessInfo process) {
            return process.pid() == pid;
        }
    }

    /**
     * By {@link ProcessSpec#tag}.
     *
     * @param tag the name it was given
     */
    record ByTag(String tag) implements ProcessSelector {
        @Override
        public boolean names(ProcessInfo process) {
            return tag.equals(process.tag());
        }
    }

    /**
     * {@return the selector of one process}
     *
     * @param pid its process id inside
     */
    static ProcessSelector pid(int pid) {
        return new ByPid(pid);
    }

    /**
     * {@return the selector of the processes of one name}
     *
     * @param tag the name they were given
     */
    static ProcessSelector tag(String tag) {
        return new ByTag(tag);
    }
}
