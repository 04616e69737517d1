package dev.sandboxer.bench.peers;

import dev.sandboxer.bench.Program;
import dev.sandboxer.bench.Workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Plain {@code crun run}, an OCI runtime, on a bundle with a sandbox's size, its own uid range and no network. */
public final class Crun implements Peer {
    private final Workspace work;
    private boolean groups = isRoot();
    private int count;

    public Crun(Workspace work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "crun run" + (groups ? "" : " (no cgroups)");
    }

    @Override
    public void prepare() throws Exception {
        Peer.need("crun");
        writeBundle();
        try {
            runTrue();
        } catch (IOException e) {
            // crun can't use the control groups of some hosts; it then runs without them, which is less work for it
            groups = false;
            writeBundle();
        }
    }

    private void writeBundle() throws IOException {
        var bundle = Files.createDirectories(work.resolve("crun/bundle"));
        Files.writeString(bundle.resolve("config.json"), config());
    }

    private static boolean isRoot() {
        return uid() == 0;
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String config() {
        var map = isRoot()
                ? "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]"
                : "[{\"containerID\": 0, \"hostID\": " + uid() + ", \"size\": 1}]";
        var limits = groups
                ? "\"resources\": {\"memory\": {\"limit\": 536870912}, \"pids\": {\"limit\": 1024},"
                        + " \"cpu\": {\"quota\": 100000, \"period\": 100000}},"
                : "";
        var binds = Workspace.readOnlyBinds().stream()
                .map(path -> "{\"destination\": \"" + path + "\", \"source\": \"" + path
                        + "\", \"type\": \"bind\", \"options\": [\"rbind\", \"ro\", \"nosuid\", \"nodev\"]}")
                .collect(Collectors.joining(", "));
        return """
                {"ociVersion": "1.0.2",
                 "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/usr/bin/true"], "cwd": "/",
                   "env": ["PATH=/usr/bin"], "noNewPrivileges": true, "capabilities": {}},
                 "root": {"path": "%s", "readonly": false}, "hostname": "bench",
                 "mounts": [%s,
                   {"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]}],
                 "linux": {%s "uidMappings": %s, "gidMappings": %s,
                   "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
                                  {"type": "mount"}, {"type": "user"}]}}
                """
                .formatted(work.root(), binds, limits, map, map);
    }

    @Override
    public void runTrue() throws Exception {
        crun("run", "--bundle", work.resolve("crun/bundle").toString(), "sandboxer-bench-" + pid() + "-" + ++count);
    }

    @Override
    public void removeAll() throws Exception {
        if (!Program.present("crun") || !Files.isDirectory(work.resolve("crun/state"))) {
            return;
        }
        for (var id : crun("list", "-q").split("\\s+")) {
            if (id.startsWith("sandboxer-bench-")) {
                crun("delete", "--force", id);
            }
        }
    }

    private String crun(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("crun", "--root", work.resolve("crun/state").toString()));
        command.addAll(List.of("--cgroup-manager", groups ? "cgroupfs" : "disabled"));
        command.addAll(List.of(arguments));
        return new Program(command).run();
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }
}
