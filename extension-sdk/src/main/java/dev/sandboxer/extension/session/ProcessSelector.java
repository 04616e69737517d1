package dev.sandboxer.extension.session;

/** Selects a process inside a sandbox. */
public sealed interface ProcessSelector {
    /** Whether a process is the one selected. */
    boolean names(ProcessInfo process);

    /** By its process id inside the sandbox. */
    record ByPid(int pid) implements ProcessSelector {
        @Override
        public boolean names(ProcessInfo process) {
            return process.pid() == pid;
        }
    }

    /** By {@link ProcessSpec#tag}. */
    record ByTag(String tag) implements ProcessSelector {
        @Override
        public boolean names(ProcessInfo process) {
            return tag.equals(process.tag());
        }
    }

    static ProcessSelector pid(int pid) {
        return new ByPid(pid);
    }

    static ProcessSelector tag(String tag) {
        return new ByTag(tag);
    }
}
