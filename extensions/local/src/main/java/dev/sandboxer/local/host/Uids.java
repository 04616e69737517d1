package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The uids of the host to which the users of a sandbox are mapped. */
public enum Uids {
    /**
     * Each sandbox has its own range. It sees its files and the host's {@code /usr} through ID-mapped mounts, and may change its view of
     * {@code /usr}.
     */
    OWN,
    /** All sandboxes share one range, on a host without ID-mapped mounts. */
    SHARED,
    /** The plain user's own uid is the only one. */
    CALLER;

    /**
     * First host uid of the shared range, and so the uid of its root. Never 0, and above what adduser, subuid and systemd-nspawn
     * assign, so no other container's processes have the same owner. The 4095 ranges after it are for sandboxes with their own range.
     */
    private static final int SHARED_BASE = 0x7000_0000;

    private static final int COUNT = 65_536;

    /** The directory where all installations of a host claim their ranges. Only a restart of the host empties it. */
    static final Path RANGES = Path.of("/run/sandboxer-uids");

    /** Returns the best mapping that this host offers for this kind of root. */
    public static Uids of(RootSource root, Path agent, Path home) throws IOException {
        if (root == RootSource.PLAIN_USER) {
            return CALLER;
        }
        return MountSupport.of(root, agent, home).ownIds() ? OWN : SHARED;
    }

    /**
     * Returns the host uid that owns the files of the sandbox's root user on its disk; -1 = the files stay the caller's. It is 0 only
     * in a disk image: in a directory of the host, set-uid files of uid 0 would take effect on the host.
     */
    public int diskOwner(RootSource root) {
        return switch (this) {
            case OWN -> root == RootSource.IMAGE ? 0 : SHARED_BASE;
            case SHARED -> SHARED_BASE;
            case CALLER -> -1;
        };
    }

    List<String> launchOptions() throws IOException {
        if (this == CALLER) {
            return List.of();
        }
        var options = new ArrayList<>(
                List.of("--uid-base", Integer.toString(SHARED_BASE), "--uid-count", Integer.toString(COUNT)));
        if (this == OWN) {
            options.addAll(
                    List.of("--ranges", PrivateDirectory.createAll(RANGES).toString()));
        }
        return options;
    }
}
