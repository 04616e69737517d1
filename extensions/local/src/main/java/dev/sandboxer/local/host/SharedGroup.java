package dev.sandboxer.local.host;

import dev.sandboxer.extension.HostReserve;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The control group of all sandboxes of this host. All sandboxes together have the CPU weight of one sibling group, so a hundred busy
 * sandboxes don't starve the server. They also never get the memory and processes that are reserved for the host. The group is never
 * removed. Default limits are set only when it is created, so an operator may change them by hand; limits from the configuration are set
 * again with each new sandbox.
 */
final class SharedGroup {
    static final String NAME = "sandboxer";

    private static final HostCapacity DEFAULT = new HostCapacity(HostReserve.DEFAULT);

    private SharedGroup() {}

    /**
     * Returns the shared group below a parent, and creates it if needed. Returns the parent if the group can't be created.
     *
     * @param controllers names of the controllers to enable in it
     */
    static Path in(Path parent, boolean unified, Set<String> controllers) {
        var group = parent.resolve(NAME);
        try {
            make(group, unified, controllers);
            return group;
        } catch (FileAlreadyExistsException e) {
            return group;
        } catch (IOException e) {
            return parent;
        }
    }

    private static void make(Path group, boolean unified, Set<String> controllers) throws IOException {
        Files.createDirectory(group);
        Cgroups.makeReadable(group);
        for (String controller : controllers) {
            if (unified) {
                Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
            }
            switch (controller) {
                case "memory" -> set(group, memoryFile(unified), DEFAULT.memory());
                case "pids" -> set(group, "pids.max", DEFAULT.processes());
                default -> {
                    // keeps the kernel's default, such as an equal share of the processors
                }
            }
        }
    }

    /**
     * Sets the configured limits. The kernel may refuse a limit below the current use; the next sandbox tries again.
     *
     * @param groups its parents are the shared groups
     */
    static void limit(HostCgroups groups, HostCapacity capacity) throws IOException {
        for (Cgroups.Group group : groups.parents()) {
            if (!group.path().endsWith(NAME)) {
                continue; // the shared group could not be created
            }
            if (capacity.reserve().memoryMiB() != null && group.controllers().contains("memory")) {
                trySet(group.path(), memoryFile(group.unified()), capacity.memory());
            }
            if (capacity.reserve().processes() != null && group.controllers().contains("pids")) {
                trySet(group.path(), "pids.max", capacity.processes());
            }
        }
    }

    private static String memoryFile(boolean unified) {
        return unified ? "memory.max" : "memory.limit_in_bytes";
    }

    private static void trySet(Path group, String file, long value) {
        try {
            set(group, file, value);
        } catch (IOException e) {
            // the old limit stays
        }
    }

    private static void set(Path group, String file, long value) throws IOException {
        Files.writeString(group.resolve(file), Long.toString(value));
    }
}
