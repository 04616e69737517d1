package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** {@code podman run --rootfs} with our size and no network; all its state is in our directory. */
final class Podman implements Peer {
    private final Workspace work;
    private boolean groups = true;

    Podman(Workspace work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "podman run --rootfs" + (groups ? "" : " (no cgroups)");
    }

    @Override
    public void prepare() throws Exception {
        Peer.need("podman");
        try {
            runTrue();
        } catch (IOException e) {
            groups = false; // as with crun, which it uses
        }
    }

    @Override
    public void runTrue() throws Exception {
        // its own default raises limits, which not every root may do
        var arguments = new ArrayList<>(List.of("run", "--rm", "--network", "none", "--ulimit", "host"));
        arguments.addAll(
                groups
                        ? List.of("--memory", "512m", "--pids-limit", "1024", "--cpus", "1")
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
