package dev.sandboxer.local.host;

import dev.sandboxer.extension.spec.SandboxSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The control groups of one sandbox: one directory for each v1 hierarchy, or one v2 directory.
 *
 * @param groups the directories
 */
public record Cgroups(List<Group> groups) {
    /** Limit on a sandbox's processes and threads: enough for builds, too few for a fork bomb to do harm. */
    private static final int PIDS = 1024;

    /** The controllers of version 1 that are built into every v2 group. */
    static final Set<String> BUILT_INTO_V2 = Set.of("cpuacct", "freezer");

    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rwxr-xr-x");

    /** On version 1, socket buffers may take an eighth of the memory limit, on top of it. */
    private static final int SOCKET_BUFFER_DIVISOR = 8;

    private static final long CPU_PERIOD_US = 100_000;

    /**
     * One directory.
     *
     * @param unified true for v2
     * @param controllers names of the kernel's controllers that work in this directory
     */
    public record Group(Path path, boolean unified, Set<String> controllers) {
        /** Returns the agent's command-line option that names this directory. */
        public List<String> options() {
            return List.of(unified ? "--cgroup-v2" : "--cgroup-v1", path.toString());
        }

        private void set(String file, long value) throws IOException {
            Files.writeString(path.resolve(file), Long.toString(value));
        }

        private void setIfPresent(String file, long value) throws IOException {
            if (Files.exists(path.resolve(file))) {
                set(file, value);
            }
        }
    }

    /** Makes the directories and sets the limits. */
    public void create(SandboxSize size) throws IOException {
        for (Group group : groups) {
            Files.createDirectory(group.path());
            makeReadable(group.path());
            for (String controller : group.controllers()) {
                limit(group, controller, size);
            }
        }
    }

    /** Makes a group readable for its sandbox, whatever the umask is. */
    static void makeReadable(Path group) throws IOException {
        Files.setPosixFilePermissions(group, READABLE);
    }

    private static void limit(Group group, String controller, SandboxSize size) throws IOException {
        switch (controller) {
            case "memory" -> limitMemory(group, size.memoryMiB() * 1024L * 1024L);
            case "cpu" -> {
                limitCpu(group, Math.max(1000, size.cpuMillis() * CPU_PERIOD_US / 1000));
                weighCpu(group, size.cpuMillis());
            }
            case "io" -> group.setIfPresent("io.weight", weight(size.cpuMillis()));
            case "pids" -> group.set("pids.max", PIDS);
            default -> {
                // cpuacct and freezer have no limit
            }
        }
    }

    /**
     * Limits memory and swap together, so a sandbox gets no swap on top of its memory. Version 1 counts socket buffers (TCP and UDP)
     * separately, and only if they have a limit.
     */
    private static void limitMemory(Group group, long bytes) throws IOException {
        if (group.unified()) {
            group.set("memory.max", bytes);
            group.setIfPresent("memory.swap.max", 0);
        } else {
            group.set("memory.limit_in_bytes", bytes);
            group.setIfPresent("memory.memsw.limit_in_bytes", bytes);
            group.setIfPresent("memory.kmem.tcp.limit_in_bytes", bytes / SOCKET_BUFFER_DIVISOR);
        }
    }

    private static void limitCpu(Group group, long quotaUs) throws IOException {
        if (group.unified()) {
            Files.writeString(group.path().resolve("cpu.max"), quotaUs + " " + CPU_PERIOD_US);
        } else {
            group.set("cpu.cfs_period_us", CPU_PERIOD_US);
            group.set("cpu.cfs_quota_us", quotaUs);
        }
    }

    /** Sets a sandbox's share of the processor time of all sandboxes, in proportion to its size. */
    private static void weighCpu(Group group, int cpuMillis) throws IOException {
        if (group.unified()) {
            group.set("cpu.weight", weight(cpuMillis));
        } else {
            group.set("cpu.shares", Math.max(2, cpuMillis * 1024L / 1000));
        }
    }

    /** Returns a weight in the unit of version 2. One CPU gets 100, the kernel's default. */
    private static long weight(int cpuMillis) {
        return Math.clamp(cpuMillis / 10, 1, 10_000);
    }

    /** Returns the agent's command-line options that name all directories. */
    public List<String> options() {
        return groups.stream().flatMap(group -> group.options().stream()).toList();
    }

    /** Returns the group with this controller; empty if there is none. */
    public Optional<Group> with(String controller) {
        return groups.stream()
                .filter(group -> group.controllers().contains(controller)
                        || group.unified() && BUILT_INTO_V2.contains(controller))
                .findFirst();
    }

    /** Returns the form in which the groups are stored in the sandbox's folder; {@link #parse} reads it. */
    @Override
    public String toString() {
        return groups.stream()
                .map(group ->
                        (group.unified() ? "v2 " : "v1 ") + String.join(",", group.controllers()) + " " + group.path())
                .collect(Collectors.joining("\n"));
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when the text is damaged
     */
    public static Cgroups parse(String text) {
        return new Cgroups(text.lines().map(Cgroups::parseGroup).toList());
    }

    private static Group parseGroup(String line) {
        var fields = line.split(" ", 3);
        if (fields.length < 3) {
            throw new IllegalArgumentException("not a control group: " + line);
        }
        return new Group(Path.of(fields[2]), fields[0].equals("v2"), Set.of(fields[1].split(",")));
    }
}
