package dev.sandboxer.local.host;

/** The user that this process runs as. */
public final class HostUser {
    private static final boolean ROOT = ProcFs.ownUid() == 0;

    private HostUser() {}

    public static boolean isRoot() {
        return ROOT;
    }
}
