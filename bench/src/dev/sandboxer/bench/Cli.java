package dev.sandboxer.bench;

import dev.sandboxer.bench.Results.Group;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Times commands as users start them: one process each, with the start-up cache. */
final class Cli implements AutoCloseable {
    static final String LS = "sandboxer ls";
    static final String RUN = "sandboxer run -- true";

    private final Path dist;
    private final Path home;

    /** Creates a sandbox first, so that {@code ls} has something to list. */
    Cli(Path dist, Workspace work, Cleanup cleanup) throws Exception {
        this.dist = dist;
        this.home = work.resolve("cli");
        cleanup.add("sandboxes of the command line", this::close);
        program("--version").with("SANDBOXER_AOT", "wait").run();
        program("create", "--ttl", ContractRounds.TTL.toMinutes() + "m").run();
    }

    void round(Results results) throws Exception {
        results.time(Group.PROCESS, "sandboxer --version", program("--version")::run);
        results.time(Group.PROCESS, LS, program("ls")::run);
        results.time(Group.PROCESS, RUN, program("run", "--", "/usr/bin/true")::run);
    }

    private Program program(String... arguments) {
        var command = new ArrayList<>(List.of(dist.resolve("bin/sandboxer").toString()));
        command.addAll(List.of(arguments));
        return new Program(command).with("SANDBOXER_HOME", home.toString()).with("SANDBOXER_JAVA_HOME", jdk());
    }

    private static String jdk() {
        return System.getProperty("java.home");
    }

    @Override
    public void close() throws Exception {
        if (Files.isDirectory(home)) {
            program("destroy", "--all").run();
        }
    }
}
