package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code /proc}: process start times, cgroup mounts, and this process's own user and groups. */
public final class ProcFs {
    private static final Path SELF = Path.of("/proc/self");

    /** Fields of {@code stat}, counted from the state, which follows the command's name. */
    private static final int STATE = 0;

    private static final int START_TIME = 19;

    private ProcFs() {}

    /**
     * A mounted cgroup hierarchy.
     *
     * @param root the group that is visible at {@code point}; in a container it may lie below the hierarchy's root
     * @param unified true for v2
     * @param options of the mount; for v1 these include its controllers
     */
    record CgroupMount(String root, Path point, boolean unified, Set<String> options) {
        private static Optional<CgroupMount> parse(String line) {
            // proc_pid_mountinfo(5): a lone dash ends the optional fields
            var halves = line.split(" - ", 2);
            var left = halves[0].split(" ");
            var right = halves[1].split(" ");
            return right[0].equals("cgroup") || right[0].equals("cgroup2")
                    ? Optional.of(new CgroupMount(
                            left[3], Path.of(left[4]), right[0].equals("cgroup2"), Set.of(right[2].split(","))))
                    : Optional.empty();
        }
    }

    /**
     * Returns when a process started, in clock ticks since boot. Pid and start time together identify a process; the pid alone may be
     * reused.
     *
     * @return empty when there is no such process, or only a zombie
     */
    public static OptionalLong startTime(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // the second field is the command's name in parentheses, which may contain spaces and parentheses
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            var state = fields[STATE];
            return state.equals("Z") || state.equals("X")
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(fields[START_TIME]));
        } catch (IOException | IndexOutOfBoundsException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the root directory of a process, as a path that the kernel resolves. */
    public static Path rootOf(long pid) {
        return Path.of("/proc/" + pid + "/root");
    }

    static List<CgroupMount> cgroupMounts() throws IOException {
        return Files.readAllLines(SELF.resolve("mountinfo")).stream()
                .map(CgroupMount::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns this process's control group for each v1 controller, and its v2 group under the empty name. */
    static Map<String, String> ownCgroups() throws IOException {
        var groups = new HashMap<String, String>();
        for (String line : Files.readAllLines(SELF.resolve("cgroup"))) {
            var fields = line.split(":", 3);
            for (String controller : fields[1].split(",")) {
                groups.put(controller, fields[2]);
            }
        }
        return groups;
    }

    static int ownUid() {
        try {
            // SELF is a link that belongs to root; following it leads to the directory of this process
            return (Integer) Files.getAttribute(SELF, "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc is not mounted: sandboxes need it", e);
        }
    }
}
