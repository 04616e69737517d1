package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.local.disk.LocalFolders;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.CgroupHost;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of sandboxes, whole or half-made: their processes, control groups, and what is stored of them.
 *
 * @param home where the agent's executable is
 */
record SandboxRemoval(Path home) {
    /** Returns when nothing of it is left. One that never was is success. */
    void end(SandboxFolder folder) throws IOException {
        if (!folder.exists()) {
            return;
        }
        folder.awaitLauncher();
        try (var agent = AgentBinary.forEnding(home)) {
            endProcesses(folder, agent.path());
        }
        LocalFolders.removeTree(folder.path());
    }

    private static void endProcesses(SandboxFolder folder, Path agent) {
        var command = new ArrayList<String>();
        command.addAll(List.of(agent.toString(), "end"));
        folder.launched().ifPresent(launched -> {
            command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
        });
        command.addAll(groups(folder).options());
        command.addAll(List.of("--timeout-ms", Long.toString(Launcher.PATIENCE.toMillis())));
        Launcher.run(command, Launcher.NOWHERE, Launcher.PATIENCE);
    }

    /** The same for one that nobody knows any more. */
    void discard(SandboxFolder folder) {
        try {
            end(folder);
        } catch (IOException | UncheckedIOException | ExtensionException e) {
            // what is left carries no process; the next list() tries again
        }
    }

    /** Where its request can't be read, the groups are where a sandbox of its name gets them. */
    private static Cgroups groups(SandboxFolder folder) {
        return folder.request()
                .map(request -> Cgroups.parse(request.cgroups()))
                .orElseGet(() -> CgroupHost.ofThisProcess().named(folder.tag().toString()));
    }
}
