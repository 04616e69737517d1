package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether root can use ID-mapped mounts and overlays on this host. The agent's executable tests this once for each process and home.
 *
 * @param ids {@code yes} if each sandbox can have its own uids, else the reason why not
 * @param system {@code yes} if a sandbox can change its view of the host's {@code /usr}, else the reason why not
 */
record MountSupport(String ids, String system) {
    private static final String YES = "yes";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Map<List<Object>, MountSupport> KNOWN = new ConcurrentHashMap<>();

    boolean ownIds() {
        return ids.equals(YES);
    }

    boolean ownSystem() {
        return system.equals(YES);
    }

    static MountSupport of(RootSource root, Path agent, Path home) throws IOException {
        var key = List.<Object>of(root, home);
        var known = KNOWN.get(key);
        if (known == null) {
            known = probe(root, agent, home);
            KNOWN.put(key, known);
        }
        return known;
    }

    private static MountSupport probe(RootSource root, Path agent, Path home) throws IOException {
        if (!Files.isDirectory(Uids.RANGES) && !Files.isWritable(Path.of("/run"))) {
            var why = "/run, where sandboxes claim their uids, is not writable";
            return new MountSupport(why, why);
        }
        var command = new ArrayList<>(List.of(agent.toString(), "probe", "--stage", RootSource.STAGE.toString()));
        if (root == RootSource.TREE) {
            command.addAll(List.of("--tree", home.toString()));
        }
        var lines = HostPrograms.run(command, Map.of(), LIMIT, 0).lines().toList();
        return new MountSupport(answer(lines, "ids "), answer(lines, "system "));
    }

    private static String answer(List<String> lines, String name) throws IOException {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElseThrow(() -> new IOException("the agent did not report " + name.strip()));
    }
}
