package dev.sandboxer.bench.peers;

import dev.sandboxer.bench.Program;
import dev.sandboxer.bench.Workspace;

import java.util.ArrayList;
import java.util.List;

/** Plain bubblewrap with the namespaces and mounts of a local sandbox: the floor for anything built on it. */
public final class Bwrap implements Peer {
    private final Program program;

    public Bwrap(Workspace work) {
        var command = new ArrayList<>(List.of("bwrap", "--unshare-user", "--unshare-all", "--hostname", "bench"));
        command.addAll(List.of("--bind", work.root().toString(), "/"));
        Workspace.readOnlyBinds().forEach(path -> command.addAll(List.of("--ro-bind", path, path)));
        command.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        command.addAll(List.of("--perms", "1777", "--size", "67108864", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"));
        command.addAll(List.of("--chdir", "/", "--clearenv", "--new-session", "--as-pid-1", "--", "/usr/bin/true"));
        this.program = new Program(command);
    }

    @Override
    public String name() {
        return "plain bwrap";
    }

    @Override
    public void prepare() {
        Peer.need("bwrap");
    }

    @Override
    public void runTrue() throws Exception {
        program.run();
    }
}
