package dev.sandboxer.extension;

/** Names a process inside a sandbox. */
public sealed interface ProcessSelector {
    record ByPid(int pid) implements ProcessSelector {}

    record ByTag(String tag) implements ProcessSelector {}

    static ProcessSelector pid(int pid) {
        return new ByPid(pid);
    }

    static ProcessSelector tag(String tag) {
        return new ByTag(tag);
    }
}
