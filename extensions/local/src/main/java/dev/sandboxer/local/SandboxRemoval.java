package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.local.disk.TreeDeleter;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes sandboxes, complete or half-made: their processes, control groups and folders.
 *
 * @param home the directory that holds the agent's executable
 */
record SandboxRemoval(Path home) {
    /** Removes a sandbox completely. Does nothing if it does not exist. */
    void remove(SandboxFolder folder) throws IOException {
        if (!folder.exists()) {
            return;
        }
        folder.awaitLauncher();
        try (var agent = AgentBinary.forRemoval(home)) {
            endProcesses(folder, agent.path());
        }
        TreeDeleter.delete(folder.path());
    }

    private static void endProcesses(SandboxFolder folder, Path agent) {
        var command = new ArrayList<String>();
        command.addAll(List.of(agent.toString(), "end"));
        folder.launched().ifPresent(launched -> {
            command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
        });
        command.addAll(groups(folder).options());
        command.addAll(List.of("--timeout-ms", Long.toString(Launcher.TIMEOUT.toMillis())));
        Launcher.run(command, Launcher.NO_OUTPUT, Launcher.TIMEOUT);
    }

    /** Like {@link #remove}, but ignores failures: the next {@link LocalBackend#list} tries again. */
    void tryRemove(SandboxFolder folder) {
        try {
            remove(folder);
        } catch (IOException | UncheckedIOException | ExtensionException e) {
            // the folder is still there, so the next list() finds it
        }
    }

    /** Returns the sandbox's control groups. If its request can't be read, returns the groups that a new sandbox with its tag would get. */
    private static Cgroups groups(SandboxFolder folder) {
        return folder.request()
                .map(StoredRequest::cgroups)
                .orElseGet(() -> HostCgroups.ofThisProcess().of(folder.tag()));
    }
}
