package dev.sandboxer.bench.peers;

import dev.sandboxer.bench.Program;
import dev.sandboxer.bench.Workspace;

import java.util.ArrayList;
import java.util.List;

/** {@code docker run} with a sandbox's size and no network, on an image with an empty root. Needs a daemon on this machine. */
public final class Docker implements Peer {
    private final Workspace work;
    private final String image = "sandboxer-bench:" + ProcessHandle.current().pid();
    private boolean used;

    public Docker(Workspace work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "docker run";
    }

    @Override
    public void prepare() throws Exception {
        Peer.need("docker");
        var host = System.getenv().getOrDefault("DOCKER_HOST", "unix://");
        if (!host.startsWith("unix://")) {
            throw new IllegalStateException("its daemon is on another machine (DOCKER_HOST)");
        }
        new Program("docker", "version", "--format", "{{.Server.Version}}").run();
        used = true;
        var archive = work.resolve("docker-root.tar").toString();
        new Program("tar", "-C", work.root().toString(), "-cf", archive, ".").run();
        new Program("docker", "import", archive, image).run();
    }

    @Override
    public void runTrue() throws Exception {
        var command = new ArrayList<>(List.of("docker", "run", "--rm", "--label", "sandboxer-bench=" + image));
        command.addAll(List.of("--network", "none", "--memory", "512m", "--pids-limit", "1024", "--cpus", "1"));
        Workspace.readOnlyBinds().forEach(path -> command.addAll(List.of("-v", path + ":" + path + ":ro")));
        command.addAll(List.of(image, "/usr/bin/true"));
        new Program(command).run();
    }

    @Override
    public void removeAll() throws Exception {
        if (!used) {
            return;
        }
        var left = new Program("docker", "ps", "-aq", "--filter", "label=sandboxer-bench=" + image).run();
        for (var id : left.split("\\s+")) {
            if (!id.isEmpty()) {
                new Program("docker", "rm", "--force", id).run();
            }
        }
        if (!new Program("docker", "images", "-q", image).run().isEmpty()) {
            new Program("docker", "rmi", "--force", image).run();
        }
    }
}
