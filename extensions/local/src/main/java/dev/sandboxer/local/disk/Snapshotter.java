package dev.sandboxer.local.disk;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.local.folder.FolderLock;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Freezer;
import dev.sandboxer.local.host.Launcher;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes snapshots. The agent's executable copies the disk into the sandbox's folder while the sandbox is frozen; then the copy
 * is repaired and moved into the store.
 */
public record Snapshotter(SnapshotStore store, Path agent, InstantSource clock) {
    /** Limit on the copy, during which the sandbox is frozen. */
    private static final Duration COPY_TIMEOUT = Duration.ofMinutes(2);

    public BackendSnapshot snapshot(SandboxFolder folder, String name) {
        return FolderLock.compute(folder, "the snapshot was not made", () -> {
            requireFree(name);
            if (!Files.exists(folder.image())) {
                throw ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "this sandbox has no disk image, and a snapshot needs one");
            }
            return make(folder, name);
        });
    }

    private void requireFree(String name) throws IOException {
        if (!SnapshotStore.isName(name)) {
            throw ExtensionException.notApplied(
                    Kind.INVALID, "invalid snapshot name \"" + name + "\"; use 1 to 40 of a-z and 0-9");
        }
        if (store.find(name).isPresent()) {
            throw taken(name);
        }
    }

    private static ExtensionException taken(String name) {
        return ExtensionException.notApplied(Kind.INVALID, "a snapshot with the name " + name + " already exists");
    }

    private BackendSnapshot make(SandboxFolder folder, String name) throws IOException {
        var part = folder.unfinishedSnapshot();
        Files.deleteIfExists(part);
        try {
            copy(folder, part);
            new Ext4Image(part).repair();
            return store.add(name, part, clock.instant());
        } catch (FileAlreadyExistsException e) {
            throw taken(name);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void copy(SandboxFolder folder, Path part) throws IOException {
        var request = folder.requireAlive();
        var freezer = request.requireFreezer();
        if (request.isPauseRecorded() && freezer.isFrozen()) {
            freezer.freeze(COPY_TIMEOUT); // a process that died while pausing may have left it half frozen
        } else {
            folder.write(request.withPausedUntil(null)); // drops a pause that was not completed
        }
        try {
            Launcher.run(command(folder, freezer, part), folder.snapshotFile().toFile(), COPY_TIMEOUT);
        } finally {
            if (!folder.requireAlive().isPauseRecorded() && freezer.isFrozen() && !folder.isSnapshotRunning()) {
                freezer.thaw();
            }
        }
    }

    /** Returns the command that copies the disk. */
    public List<String> command(SandboxFolder folder, Freezer freezer, Path part) {
        var launched = folder.launched().orElseThrow(folder::gone);
        var command = new ArrayList<>(List.of(agent.toString(), "snapshot"));
        command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
        command.addAll(List.of("--image", folder.image().toString(), "--to", part.toString()));
        command.addAll(freezer.group().options());
        command.addAll(List.of("--timeout-ms", Long.toString(COPY_TIMEOUT.toMillis())));
        return command;
    }
}
