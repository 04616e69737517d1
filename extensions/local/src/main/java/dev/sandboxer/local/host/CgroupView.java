package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shows a sandbox its own control groups, read-only, at the usual path. Java, Node and Go then size themselves by the sandbox's limits
 * instead of the host's. The sandbox's cgroup namespace hides all other groups.
 */
public final class CgroupView {
    private static final String INSIDE = "/sys/fs/cgroup";

    /** The controllers that programs read. */
    private static final Set<String> SHOWN = Set.of("memory", "cpu", "cpuacct", "pids");

    /**
     * Java before 25 ignores version 1 control groups if this controller is missing. No sandbox is limited to certain processors, so all of
     * them see the same empty group.
     */
    private static final String CPUSET = "cpuset";

    private CgroupView() {}

    /** Returns bubblewrap's options that show a sandbox its groups. The groups must exist when it starts. */
    public static List<String> binds(Cgroups groups) {
        var options = new ArrayList<String>();
        if (!groups.groups().isEmpty()) {
            options.addAll(List.of("--perms", "0755", "--dir", "/sys/fs", "--perms", "0755", "--dir", INSIDE));
        }
        var ofVersion1 =
                groups.groups().stream().filter(group -> !group.unified()).toList();
        if (ofVersion1.isEmpty()) {
            groups.groups().forEach(group -> options.addAll(bind(group.path(), INSIDE)));
            return options;
        }
        for (Cgroups.Group group : ofVersion1) {
            group.controllers().stream()
                    .filter(SHOWN::contains)
                    .sorted()
                    .forEach(controller -> options.addAll(bind(group.path(), INSIDE + "/" + controller)));
        }
        Empty.CPUSET_GROUP.ifPresent(group -> options.addAll(bind(group, INSIDE + "/" + CPUSET)));
        return options;
    }

    private static List<String> bind(Path group, String place) {
        return List.of("--ro-bind", group.toString(), place);
    }

    /** The empty cpuset group. Created once for all sandboxes of this host, and never removed. */
    private static final class Empty {
        static final Optional<Path> CPUSET_GROUP = make();

        private static Optional<Path> make() {
            try {
                for (ProcFs.CgroupMount mount : ProcFs.cgroupMounts()) {
                    if (!mount.unified() && mount.options().contains(CPUSET)) {
                        return Optional.of(make(mount.point()));
                    }
                }
            } catch (IOException e) {
                // the group is not shown, so an old Java sizes itself by the host
            }
            return Optional.empty();
        }

        private static Path make(Path parent) throws IOException {
            var group = Files.createDirectories(parent.resolve("sandboxer"));
            for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
                Files.writeString(group.resolve(file), Files.readString(parent.resolve(file)));
            }
            return group;
        }
    }
}
