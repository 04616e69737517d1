package dev.sandboxer.extension.session;

/** Selects processes inside a sandbox, by pid or by tag. */
public sealed interface ProcessSelector {
    /**
     * Returns true if this selector matches a process.
     *
     * @param process the process to check
     * @return true if it matches
     */
    boolean matches(ProcessInfo process);

    /**
     * Selects by the process id inside the sandbox.
     *
     * @param pid the process id
     */
    record ByPid(int pid) implements ProcessSelector {
        @Override
        public boolean matches(ProcessInfo process) {
            return process.pid() == pid;
        }
    }

    /**
     * Selects by {@link ProcessSpec#tag}.
     *
     * @param tag the tag
     */
    record ByTag(String tag) implements ProcessSelector {
        @Override
        public boolean matches(ProcessInfo process) {
            return tag.equals(process.tag());
        }
    }

    /**
     * {@return a selector by process id}
     *
     * @param pid the process id inside the sandbox
     */
    static ProcessSelector pid(int pid) {
        return new ByPid(pid);
    }

    /**
     * {@return a selector by tag}
     *
     * @param tag the {@link ProcessSpec#tag}
     */
    static ProcessSelector tag(String tag) {
        return new ByTag(tag);
    }
}
