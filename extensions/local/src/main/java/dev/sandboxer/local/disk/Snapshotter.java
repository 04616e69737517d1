package dev.sandboxer.local.disk;

import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.folder.FolderLock;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Freezer;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.Launcher;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Keeps the disk of a sandbox. A role of the agent's executable copies it while the sandbox stands still, into the sandbox's
 * own folder; then it is checked, and linked to its name.
 */
public record Snapshotter(SnapshotStore store, Path agent, InstantSource clock) {
    /** For the copy, during which the sandbox stands still. */
    private static final Duration COPYING = Duration.ofMinutes(2);

    private static final Duration CHECKING = Duration.ofMinutes(5);

    /** Of e2fsck: errors were corrected. There always are some: a disk in use has no clean state. */
    private static final int CORRECTED = 1;

    public BackendSnapshot snapshot(SandboxFolder folder, String name) {
        var made = new BackendSnapshot[1];
        FolderLock.change(folder, "the snapshot was not made", () -> {
            requireFree(name);
            if (!Files.exists(folder.image())) {
                throw ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "this sandbox lives in a directory, and has no disk that could be kept");
            }
            made[0] = make(folder, name);
        });
        return made[0];
    }

    private void requireFree(String name) throws IOException {
        if (!SnapshotStore.isName(name)) {
            throw ExtensionException.notApplied(Kind.INVALID, "not a name for a snapshot: \"" + name + "\"");
        }
        if (store.find(name).isPresent()) {
            throw taken(name);
        }
    }

    private static ExtensionException taken(String name) {
        return ExtensionException.notApplied(Kind.INVALID, "there already is a snapshot of the name " + name);
    }

    private BackendSnapshot make(SandboxFolder folder, String name) throws IOException {
        var part = folder.unfinishedSnapshot();
        Files.deleteIfExists(part);
        try {
            copy(folder, part);
            check(part);
            return store.add(name, part, clock.instant());
        } catch (FileAlreadyExistsException e) {
            throw taken(name);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void copy(SandboxFolder folder, Path part) throws IOException {
        var request = folder.living();
        var freezer = request.requireFreezer();
        if (request.isToBePaused() && freezer.isFrozen()) {
            freezer.freeze(COPYING); // whoever paused it may have died before it stood still
        } else {
            folder.write(request.withPausedUntil(null)); // a pause that never came must not begin now
        }
        try {
            Launcher.run(command(folder, freezer, part), folder.snapshotFile().toFile(), COPYING);
        } finally {
            if (!folder.living().isToBePaused() && freezer.isFrozen() && !folder.isSnapshotAtWork()) {
                freezer.thaw();
            }
        }
    }

    public List<String> command(SandboxFolder folder, Freezer freezer, Path part) {
        var launched = folder.launched().orElseThrow(folder::gone);
        var command = new ArrayList<>(List.of(agent.toString(), "snapshot"));
        command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
        command.addAll(List.of("--image", folder.image().toString(), "--to", part.toString()));
        command.addAll(List.of(
                freezer.unified() ? "--cgroup-v2" : "--cgroup-v1",
                freezer.group().toString()));
        command.addAll(List.of("--timeout-ms", Long.toString(COPYING.toMillis())));
        return command;
    }

    /**
     * Frees what belongs to files that were open and had no name any more, and makes the disk clean. The check wants a
     * {@code lost+found}, the template has none.
     */
    private static void check(Path disk) throws IOException {
        var tools = RootSource.mkfs().orElseThrow(() -> new IOException("e2fsprogs are gone"));
        var said = run(tools.resolveSibling("e2fsck"), CORRECTED, "-f", "-p", disk.toString());
        if (said.contains("/lost+found not found")) {
            run(tools.resolveSibling("debugfs"), 0, "-w", "-R", "rmdir lost+found", disk.toString());
        }
    }

    private static String run(Path program, int highestStatus, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return HostPrograms.run(command, Map.of("LC_ALL", "C"), CHECKING, highestStatus);
    }
}
