package dev.sandboxer.bench.peers;

import dev.sandboxer.bench.Program;
import dev.sandboxer.bench.Workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** {@code podman run --rootfs} with a sandbox's size and no network. Its state is in the bench's directory. */
public final class Podman implements Peer {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final String OWN_GROUP = "libpod_parent";

    private final Workspace work;
    private final String parent = "/sandboxer-bench-" + ProcessHandle.current().pid();
    private boolean groupsBefore;
    private boolean groups = true;

    public Podman(Workspace work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "podman run --rootfs" + (groups ? "" : " (no cgroups)");
    }

    @Override
    public void prepare() throws Exception {
        Peer.need("podman");
        groupsBefore = !named(OWN_GROUP).isEmpty();
        try {
            runTrue();
        } catch (IOException e) {
            groups = false; // podman uses crun, which can't use the control groups of some hosts
        }
    }

    @Override
    public void runTrue() throws Exception {
        // podman's default raises limits, which not every root may do
        var arguments = new ArrayList<>(List.of("run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024"));
        arguments.addAll(List.of("--ulimit", "nproc=1024:1024"));
        arguments.addAll(
                groups
                        ? List.of("--cgroup-parent", parent, "--memory", "512m", "--pids-limit", "1024", "--cpus", "1")
                        : List.of("--cgroups", "disabled"));
        Workspace.readOnlyBinds().forEach(path -> arguments.addAll(List.of("-v", path + ":" + path + ":ro")));
        arguments.addAll(List.of("--rootfs", work.root().toString(), "/usr/bin/true"));
        podman(arguments).run();
    }

    @Override
    public void removeAll() throws Exception {
        if (!Files.isDirectory(work.resolve("podman"))) {
            return;
        }
        podman(List.of("rm", "--all", "--force")).run();
        named(parent.substring(1)).forEach(Podman::removeGroup);
        if (!groupsBefore) {
            named(OWN_GROUP).forEach(Podman::removeGroup);
        }
    }

    /** Finds the control groups of a name: one per hierarchy in version 1, one in version 2. */
    private static List<Path> named(String name) throws IOException {
        try (var hierarchies = Files.list(GROUPS)) {
            return Stream.concat(Stream.of(GROUPS), hierarchies)
                    .map(hierarchy -> hierarchy.resolve(name))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }

    /** Removes a control group that podman has left. The kernel refuses to remove one that is not empty. */
    private static void removeGroup(Path group) {
        try (var below = Files.walk(group)) {
            below.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).forEach(directory -> directory.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // the group is already gone
        }
    }

    private Program podman(List<String> arguments) {
        var command = new ArrayList<>(List.of("podman", "--cgroup-manager", "cgroupfs", "--storage-driver", "vfs"));
        command.addAll(List.of("--root", work.resolve("podman/storage").toString()));
        command.addAll(List.of("--runroot", work.resolve("podman/run").toString()));
        command.addAll(List.of("--tmpdir", work.resolve("podman/tmp").toString()));
        command.addAll(arguments);
        return new Program(command);
    }
}
