package dev.sandboxer.local.host;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Limits the sums of memory, disk and processes that this host promises to all its sandboxes. The sums are read from the sandboxes'
 * control groups, which includes those of other homes, and from the disk images of one home. Create a new sandbox's group and image
 * before the check, so that two creations at once can't both take the last free amount.
 *
 * @param groups the parents of the groups of all sandboxes
 */
public record OvercommitLimits(HostCgroups groups, HostCapacity capacity) {
    private static final String OF_A_SANDBOX = "sandboxer-*";

    /**
     * Checks the memory and process limits of all sandboxes.
     *
     * @throws ExtensionException {@code CAPACITY} when the sum is too high
     */
    public void checkMemoryAndProcesses() throws IOException {
        for (Cgroups.Group group : groups.parents()) {
            if (group.controllers().contains("memory")) {
                var file = group.unified() ? "memory.max" : "memory.limit_in_bytes";
                var promised = sum(group.path(), file, HostCapacity.totalMemory()) >> 20;
                var most = capacity.reserve().overcommitted(capacity.memory()) >> 20;
                require(promised, most, "MiB of memory", "ask for less (--memory)");
            }
            if (group.controllers().contains("pids")) {
                var promised = sum(group.path(), "pids.max", Integer.MAX_VALUE);
                require(promised, capacity.reserve().overcommitted(capacity.processes()), "processes", "end some");
            }
        }
    }

    /**
     * Checks the disk images of one home.
     *
     * @param sandboxes the directory that has one directory for each sandbox
     * @param image the name of the disk image in each of these directories
     * @throws ExtensionException {@code CAPACITY} when the sum of their sizes is too high
     */
    public void checkDisks(Path sandboxes, String image) throws IOException {
        var promised = 0L;
        try (var all = Files.newDirectoryStream(sandboxes)) {
            for (Path sandbox : all) {
                promised += sizeOf(sandbox.resolve(image));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        var most = capacity.reserve().overcommitted(capacity.reserve().allocatableDisk(sandboxes));
        require(promised >> 20, most >> 20, "MiB of disk", "ask for less (--disk)");
    }

    private static void require(long promised, long most, String what, String remedy) {
        if (promised > most) {
            throw ExtensionException.notApplied(
                    Kind.CAPACITY,
                    "the sandboxes of this host would have " + promised + " " + what + " with this one, but may have "
                            + most + "; " + remedy + ", or see host.overcommit in config.yaml");
        }
    }

    /** Returns the sum of the groups' limits. Ignores limits above {@code most}: a group that is just being created has no limit yet. */
    private static long sum(Path parent, String file, long most) throws IOException {
        var sum = 0L;
        try (var all = Files.newDirectoryStream(parent, OF_A_SANDBOX)) {
            for (Path group : all) {
                var limit = limit(group.resolve(file));
                sum += limit <= most ? limit : 0;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return sum;
    }

    /** Returns a group's limit; 0 if the group is gone. */
    private static long limit(Path file) {
        try {
            var text = Files.readString(file).strip();
            return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long sizeOf(Path image) {
        try {
            return Files.size(image);
        } catch (IOException e) {
            return 0;
        }
    }
}
