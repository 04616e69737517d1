package dev.sandboxer.local.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a sandbox's writable root comes from, and which host users stand behind the users inside. */
public enum RootSource {
    /** A disk image of its own on a loop device. Its size is a real limit, and no path of the host is visible inside. */
    IMAGE,
    /** A directory, made as root on a host without loop devices or mkfs.ext4. No size limit. */
    TREE,
    /** A directory of a plain user, with a single uid mapped. No size limit. */
    PLAIN_USER;

    /**
     * Host uid of the sandbox's root. Never 0, and above what adduser, subuid and systemd-nspawn hand out, so that no other
     * container's processes have the same owner.
     */
    private static final int UID_BASE = 0x7000_0000;

    private static final int UID_COUNT = 65_536;

    /** A directory that exists on every host. Only the launcher's own mount namespace sees what is mounted here. */
    private static final Path STAGE = Path.of("/mnt");

    /** The best one that this host and this user can provide. */
    public static RootSource ofThisHost() {
        if (!HostUser.isRoot()) {
            return PLAIN_USER;
        }
        var loopDevices = Files.exists(Path.of("/dev/loop-control"));
        return loopDevices && HostPrograms.find("mkfs.ext4").isPresent() ? IMAGE : TREE;
    }

    /** Host uid of the sandbox's root; -1 when that is the caller's own. */
    public int uidBase() {
        return this == PLAIN_USER ? -1 : UID_BASE;
    }

    /** Launcher options: where the root is mounted, and which range of host uids is mapped. */
    public List<String> launchOptions() {
        return this == PLAIN_USER
                ? List.of()
                : List.of(
                        "--stage",
                        STAGE.toString(),
                        "--uid-base",
                        Integer.toString(UID_BASE),
                        "--uid-count",
                        Integer.toString(UID_COUNT));
    }

    /**
     * Options of bubblewrap.
     *
     * @param tree the root directory, unless it is mounted by the launcher
     */
    public List<String> boundary(Path tree, String hostname) {
        return this == PLAIN_USER ? Boundary.asPlainUser(tree, hostname) : Boundary.asRoot(STAGE, hostname);
    }

    public List<String> agentOptions() {
        return this == PLAIN_USER ? List.of("--single-uid") : List.of();
    }
}
