package dev.sandboxer.local.host;

import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.local.host.ProcFs.CgroupMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The control groups of this host in which the groups of sandboxes are created.
 *
 * @param parents writable groups: one for each v1 hierarchy, or one v2 group
 */
public record HostCgroups(List<Cgroups.Group> parents) {
    private static final Set<String> WANTED = Set.of("memory", "pids", "cpu", "cpuacct", "freezer", "io");

    /**
     * Returns the shared group of all sandboxes, which lies below this process's own groups, so limits of this process also apply to its
     * sandboxes. Looked up once per process; a later move of the process to other groups has no effect.
     */
    public static HostCgroups ofThisProcess() {
        return OfThisProcess.GROUPS;
    }

    private static final class OfThisProcess {
        static final HostCgroups GROUPS = detect();
    }

    private static HostCgroups detect() {
        try {
            return detect(ProcFs.cgroupMounts(), ProcFs.ownCgroups());
        } catch (IOException e) {
            return new HostCgroups(List.of());
        }
    }

    private static HostCgroups detect(List<CgroupMount> mounts, Map<String, String> own) {
        var found = new ArrayList<Cgroups.Group>();
        for (CgroupMount mount : mounts) {
            if (mount.unified()) {
                addVersion2(mount, own, found);
            } else {
                addVersion1(mount, own, found);
            }
        }
        return new HostCgroups(List.copyOf(found));
    }

    private static void addVersion1(CgroupMount mount, Map<String, String> own, List<Cgroups.Group> found) {
        var controllers = new TreeSet<>(WANTED);
        controllers.retainAll(mount.options());
        found.forEach(group -> controllers.removeAll(group.controllers()));
        if (controllers.isEmpty()) {
            return;
        }
        var place = place(mount, own.getOrDefault(controllers.first(), "/"));
        if (Files.isWritable(place)) {
            found.add(new Cgroups.Group(SharedGroup.in(place, false, controllers), false, controllers));
        }
    }

    /**
     * Adds the nearest ancestor that delegates controllers. A v2 group that contains processes can't delegate, so a sandbox's group is
     * created beside this process's group, not below it.
     */
    private static void addVersion2(CgroupMount mount, Map<String, String> own, List<Cgroups.Group> found) {
        var place = place(mount, own.getOrDefault("", "/"));
        for (Path group = place; group != null && group.startsWith(mount.point()); group = group.getParent()) {
            var controllers = new TreeSet<>(WANTED);
            controllers.retainAll(delegatedBy(group));
            found.forEach(other -> controllers.removeAll(other.controllers()));
            if (!controllers.isEmpty() && Files.isWritable(group)) {
                found.add(new Cgroups.Group(SharedGroup.in(group, true, controllers), true, controllers));
                return;
            }
        }
    }

    private static Set<String> delegatedBy(Path group) {
        try {
            return Set.of(Files.readString(group.resolve("cgroup.subtree_control"))
                    .strip()
                    .split(" "));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** Returns the directory of this process's own group. In a container, the mount may show only a part of the hierarchy. */
    private static Path place(CgroupMount mount, String own) {
        var root = mount.root();
        var below = root.equals("/") ? own : own.startsWith(root) ? own.substring(root.length()) : "/";
        var place = mount.point()
                .resolve(below.substring(Math.min(1, below.length())))
                .normalize();
        return Files.isDirectory(place) ? place : mount.point();
    }

    /** Returns the groups of a sandbox. They need not exist. */
    public Cgroups of(SandboxTag tag) {
        return new Cgroups(parents.stream()
                .map(parent -> new Cgroups.Group(
                        parent.path().resolve("sandboxer-" + tag), parent.unified(), parent.controllers()))
                .toList());
    }

    /** Sets the configured limits on all sandboxes together. */
    public void limitTogether(HostCapacity capacity) throws IOException {
        SharedGroup.limit(this, capacity);
    }

    /** Returns the names of the controllers that work on this host. */
    Set<String> controllers() {
        var all = new TreeSet<String>();
        parents.forEach(group -> all.addAll(group.controllers()));
        if (parents.stream().anyMatch(Cgroups.Group::unified)) {
            all.addAll(Cgroups.BUILT_INTO_V2);
        }
        return all;
    }

    /** Returns true if sandboxes can be paused, and their memory and processor time can be measured. */
    public boolean canPauseAndMeasure() {
        return controllers().containsAll(List.of("memory", "cpuacct", "freezer"));
    }
}
