package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where on this host a sandbox's control groups can be made.
 *
 * @param parents writable groups below which they go: one for each v1 hierarchy, or one v2 group
 */
public record CgroupHost(List<Cgroups.Group> parents) {
    private static final Set<String> WANTED =
            new LinkedHashSet<>(List.of("memory", "pids", "cpu", "cpuacct", "freezer"));

    /**
     * Below this process's own groups, so that whatever limits us limits our sandboxes too. Looked for once: where a process
     * was when it began.
     */
    public static CgroupHost ofThisProcess() {
        return OfThisProcess.HOST;
    }

    private static final class OfThisProcess {
        static final CgroupHost HOST = detect();
    }

    private static CgroupHost detect() {
        try {
            return detect(
                    Files.readAllLines(Path.of("/proc/self/mountinfo")),
                    Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException e) {
            return new CgroupHost(List.of());
        }
    }

    static CgroupHost detect(List<String> mountinfo, List<String> membership) {
        var own = new LinkedHashMap<String, String>();
        for (String line : membership) {
            var fields = line.split(":", 3);
            Arrays.stream(fields[1].split(",")).forEach(controller -> own.put(controller, fields[2]));
        }
        var found = new ArrayList<Cgroups.Group>();
        for (String line : mountinfo) {
            var halves = line.split(" - ", 2);
            var left = halves[0].split(" ");
            var right = halves[1].split(" ");
            if (right[0].equals("cgroup")) {
                version1(Path.of(left[4]), left[3], Set.of(right[2].split(",")), own, found);
            } else if (right[0].equals("cgroup2")) {
                version2(Path.of(left[4]), left[3], own, found);
            }
        }
        return new CgroupHost(List.copyOf(found));
    }

    private static void version1(
            Path mount, String root, Set<String> options, Map<String, String> own, List<Cgroups.Group> found) {
        var controllers = new TreeSet<>(WANTED);
        controllers.retainAll(options);
        found.forEach(group -> controllers.removeAll(group.controllers()));
        if (controllers.isEmpty()) {
            return;
        }
        var place = place(mount, root, Objects.requireNonNullElse(own.get(controllers.first()), "/"));
        if (Files.isWritable(place)) {
            found.add(new Cgroups.Group(place, false, controllers));
        }
    }

    /**
     * A v2 group with processes can't hand controllers down, so a sandbox's group goes beside ours: below the nearest
     * ancestor that does.
     */
    private static void version2(Path mount, String root, Map<String, String> own, List<Cgroups.Group> found) {
        var place = place(mount, root, Objects.requireNonNullElse(own.get(""), "/"));
        for (Path group = place; group != null && group.startsWith(mount); group = group.getParent()) {
            var controllers = new TreeSet<>(WANTED);
            controllers.retainAll(handedDown(group));
            found.forEach(other -> controllers.removeAll(other.controllers()));
            if (!controllers.isEmpty() && Files.isWritable(group)) {
                found.add(new Cgroups.Group(group, true, controllers));
                return;
            }
        }
    }

    private static Set<String> handedDown(Path group) {
        try {
            return Set.of(Files.readString(group.resolve("cgroup.subtree_control"))
                    .strip()
                    .split(" "));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** Our own group as a directory; in a container the mount may show only a part of the hierarchy. */
    private static Path place(Path mount, String root, String own) {
        var below = root.equals("/") ? own : own.startsWith(root) ? own.substring(root.length()) : "/";
        var place = mount.resolve(below.substring(Math.min(1, below.length()))).normalize();
        return Files.isDirectory(place) ? place : mount;
    }

    /** The groups a sandbox of that name has or will have. */
    public Cgroups named(String name) {
        return new Cgroups(parents.stream()
                .map(parent -> new Cgroups.Group(
                        parent.path().resolve("sandboxer-" + name), parent.unified(), parent.controllers()))
                .toList());
    }

    /** What is limited, counted or frozen here. */
    Set<String> controllers() {
        var all = new TreeSet<String>();
        parents.forEach(group -> all.addAll(group.controllers()));
        if (parents.stream().anyMatch(Cgroups.Group::unified)) {
            all.addAll(Cgroups.DONE_BY_V2);
        }
        return all;
    }

    /** Whether sandboxes can be paused, and what they use be counted. */
    public boolean controls() {
        return controllers().containsAll(List.of("memory", "cpuacct", "freezer"));
    }
}
