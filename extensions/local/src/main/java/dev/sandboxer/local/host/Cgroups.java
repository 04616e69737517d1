package dev.sandboxer.local.host;

import dev.sandboxer.extension.SandboxSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The control groups of one sandbox: a directory per v1 hierarchy, or one v2 directory, below this process's own place.
 *
 * @param groups the directories
 */
public record Cgroups(List<Group> groups) {
    /** Processes and threads a sandbox may have; enough for builds, far below what a fork bomb needs to hurt. */
    private static final int PIDS = 1024;

    /** What each v2 group does without a controller. */
    static final Set<String> DONE_BY_V2 = Set.of("cpuacct", "freezer");

    private static final long CPU_PERIOD_US = 100_000;

    /**
     * @param unified whether it is a v2 group
     * @param controllers what is limited there
     */
    public record Group(Path path, boolean unified, Set<String> controllers) {
        String option() {
            return unified ? "--cgroup-v2" : "--cgroup-v1";
        }
    }

    /** Makes the groups of a sandbox and sets its limits. */
    public void create(SandboxSize size) throws IOException {
        for (Group group : groups) {
            Files.createDirectory(group.path());
            limit(group, size);
        }
    }

    private static void limit(Group group, SandboxSize size) throws IOException {
        var memory = size.memoryMiB() * 1024L * 1024L;
        var quota = Math.max(1000, size.cpuMillis() * CPU_PERIOD_US / 1000);
        for (String controller : group.controllers()) {
            switch (controller) {
                case "memory" -> {
                    if (group.unified()) {
                        set(group, "memory.max", memory);
                        setIfThere(group, "memory.swap.max", 0);
                    } else {
                        set(group, "memory.limit_in_bytes", memory);
                        setIfThere(group, "memory.memsw.limit_in_bytes", memory);
                    }
                }
                case "pids" -> set(group, "pids.max", PIDS);
                case "cpu" -> {
                    if (group.unified()) {
                        Files.writeString(group.path().resolve("cpu.max"), quota + " " + CPU_PERIOD_US);
                    } else {
                        set(group, "cpu.cfs_period_us", CPU_PERIOD_US);
                        set(group, "cpu.cfs_quota_us", quota);
                    }
                }
                default -> {
                    // cpuacct and freezer have nothing to set
                }
            }
        }
    }

    private static void set(Group group, String file, long value) throws IOException {
        Files.writeString(group.path().resolve(file), Long.toString(value));
    }

    private static void setIfThere(Group group, String file, long value) throws IOException {
        if (Files.exists(group.path().resolve(file))) {
            set(group, file, value);
        }
    }

    /** Options for the launcher, or for the end. */
    public List<String> options() {
        return groups.stream()
                .flatMap(group -> List.of(group.option(), group.path().toString()).stream())
                .toList();
    }

    /** The group that limits and counts this; a v2 group counts and freezes in any case. */
    public Optional<Group> of(String controller) {
        return groups.stream()
                .filter(group ->
                        group.controllers().contains(controller) || group.unified() && DONE_BY_V2.contains(controller))
                .findFirst();
    }

    /** As stored with the sandbox; see {@link #parse}. */
    @Override
    public String toString() {
        return groups.stream()
                .map(group ->
                        (group.unified() ? "v2 " : "v1 ") + String.join(",", group.controllers()) + " " + group.path())
                .collect(Collectors.joining("\n"));
    }

    public static Cgroups parse(String text) {
        return new Cgroups(text.lines()
                .map(line -> line.split(" ", 3))
                .map(field -> new Group(Path.of(field[2]), field[0].equals("v2"), Set.of(field[1].split(","))))
                .toList());
    }
}
