package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The bench's directory: homes of sand-boxer, and a root file system for the peers that is like a sandbox's. */
public record Workspace(Path directory) {
    private static final List<String> TOP_LEVEL = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    public static Workspace prepare(Path directory, Cleanup cleanup) throws IOException {
        cleanup.add(directory.toString(), () -> remove(directory));
        // containers with other uids must be able to reach their root
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        var work = new Workspace(directory);
        work.makeRoot();
        return work;
    }

    private void makeRoot() throws IOException {
        for (var name : List.of("usr", "proc", "sys", "dev", "tmp", "etc", "run", "home")) {
            Files.createDirectories(root().resolve(name));
        }
        for (var name : TOP_LEVEL) {
            var host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root().resolve(name), Files.readSymbolicLink(host));
            } else if (Files.isDirectory(host)) {
                Files.createDirectories(root().resolve(name));
            }
        }
        Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Returns the host directories to bind read-only: {@code /usr}, and more on hosts without a merged {@code /usr}. */
    public static List<String> readOnlyBinds() {
        var binds = new java.util.ArrayList<>(List.of("/usr"));
        TOP_LEVEL.stream()
                .map(name -> Path.of("/", name))
                .filter(path -> Files.isDirectory(path) && !Files.isSymbolicLink(path))
                .forEach(path -> binds.add(path.toString()));
        return binds;
    }

    public Path root() {
        return directory.resolve("rootfs");
    }

    public Path resolve(String name) {
        return directory.resolve(name);
    }

    private static void remove(Path directory) throws IOException, InterruptedException {
        // rm copes with everything that a container engine may leave, and reports what it can't remove
        new Program("rm", "-rf", directory.toString()).run();
    }
}
