package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The kind of a sandbox's writable root. */
public enum RootSource {
    /** A disk image of its own on a loop device. Its size is a real limit, and no path of the host is visible inside. */
    IMAGE,
    /** A directory, made as root on a host without loop devices or mkfs.ext4. No size limit. */
    TREE,
    /** A directory of a plain user, with a single uid mapped. No size limit. */
    PLAIN_USER;

    /** Where the launcher assembles a root. The directory exists on every host; mounts on it are visible to the launcher only. */
    public static final Path STAGE = Path.of("/mnt");

    /** Returns the kind for this host and this user: an image if the host has loop devices and mkfs.ext4, otherwise a directory. */
    public static RootSource ofThisHost() {
        if (!HostUser.isRoot()) {
            return PLAIN_USER;
        }
        var loopDevices = Files.exists(Path.of("/dev/loop-control"));
        return loopDevices && HostPrograms.find("mkfs.ext4").isPresent() ? IMAGE : TREE;
    }

    /** Returns the launcher's options: where it assembles the root, from which directories, and which host uids it maps. */
    public List<String> launchOptions(Uids uids) throws IOException {
        var options = new ArrayList<>(uids.launchOptions());
        if (this != PLAIN_USER) {
            options.addAll(List.of("--stage", STAGE.toString(), "--programs", Boundary.SBIN));
            for (String directory : HostUsr.directories()) {
                options.addAll(List.of("--system", directory));
            }
            for (String directory : HostUsr.PACKAGE_LISTS) {
                options.addAll(List.of("--layer", directory));
            }
        }
        return options;
    }

    /**
     * Returns the options of bubblewrap.
     *
     * @param tree the root directory; used for {@link #PLAIN_USER} only, since the launcher assembles the root otherwise
     * @param memoryMiB the sandbox's memory
     * @param hasNetwork true if the launcher creates the network namespace
     */
    public List<String> boundary(Path tree, String hostname, int memoryMiB, boolean hasNetwork) {
        return this == PLAIN_USER
                ? Boundary.asPlainUser(tree, hostname, memoryMiB, hasNetwork)
                : Boundary.asRoot(STAGE, hostname, memoryMiB, hasNetwork);
    }

    public List<String> agentOptions() {
        return this == PLAIN_USER ? List.of("--single-uid") : List.of();
    }
}
