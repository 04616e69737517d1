package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;

/** Counts the processes that the kernel has killed in a sandbox because it ran out of memory. */
public final class OomKills {
    private OomKills() {}

    /** Returns the number so far; 0 if the sandbox has no memory limit or has ended. */
    public static long count(Cgroups groups) {
        return groups.with("memory").map(OomKills::count).orElse(0L);
    }

    private static long count(Cgroups.Group memory) {
        var file = memory.path().resolve(memory.unified() ? "memory.events" : "memory.oom_control");
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("oom_kill ")) {
                    return Long.parseLong(line.substring("oom_kill ".length()).strip());
                }
            }
        } catch (IOException e) {
            // the sandbox has ended
        }
        return 0;
    }
}
