package dev.sandboxer.extension;

/** Names a process inside a sandbox. */
public sealed interface ProcessSelector {
    /** Whether it is that one. */
    boolean names(ProcessInfo process);

    record ByPid(int pid) implements ProcessSelector {
        @Override
        public boolean names(ProcessInfo process) {
            return process.pid() == pid;
        }
    }

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
