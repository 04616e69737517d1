package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The memory of an idle sandbox: the mean of several, after some work and a second of rest.
 *
 * @param count number of sandboxes at the same time
 * @param kibibytes mean KiB by kind of memory
 */
record RestMemory(int count, Map<String, Long> kibibytes) {
    private static final Pattern PIDS = Pattern.compile("\"pid\":(\\d+)");

    static RestMemory measure(Workspace work, Cleanup cleanup, int count) throws Exception {
        var sums = new LinkedHashMap<String, Long>();
        var available = available();
        try (var rounds = new ContractRounds(new Workspace(work.resolve("rest")), cleanup)) {
            var folders = new ArrayList<Path>();
            for (var i = 0; i < count; i++) {
                var sandbox = rounds.create();
                try (var session = rounds.connect(sandbox)) {
                    ContractRounds.runTrue(session);
                }
                folders.add(work.resolve("rest/local/s").resolve(sandbox.tag().toString()));
            }
            Thread.sleep(1000);
            for (var folder : folders) {
                processes(folder, sums);
                groups(folder, sums);
            }
            sums.put("whole machine, loss of available memory (rough)", Math.max(0, available - available()));
        }
        sums.replaceAll((name, sum) -> sum / count);
        return new RestMemory(count, sums);
    }

    /** Adds the memory of the sandbox's first process, the only one. The launcher has written its pid. */
    private static void processes(Path folder, Map<String, Long> sums) throws IOException {
        var matcher = PIDS.matcher(Files.readString(folder.resolve("launched")));
        while (matcher.find()) {
            var process = Path.of("/proc", matcher.group(1));
            try {
                var rollup = Files.readAllLines(process.resolve("smaps_rollup"));
                add(sums, "agent, RSS", field(rollup, "Rss:"));
                add(sums, "agent, PSS", field(rollup, "Pss:"));
                add(sums, "agent, private", field(rollup, "Private_Clean:") + field(rollup, "Private_Dirty:"));
            } catch (IOException e) {
                // a plain user may not read the agent's memory maps
                add(sums, "agent, RSS", field(Files.readAllLines(process.resolve("status")), "VmRSS:"));
            }
        }
    }

    /** Adds what the kernel charges to the sandbox's memory group: processes, page cache and kernel memory. */
    private static void groups(Path folder, Map<String, Long> sums) throws IOException {
        for (var line : Files.readAllLines(folder.resolve("request"))) {
            if (!line.startsWith("cgroups=")) {
                continue;
            }
            for (var group : line.substring("cgroups=".length()).split("\\\\n")) {
                var directory = Path.of(group.replace("\\", "").substring(3));
                for (var file : List.of("memory.usage_in_bytes", "memory.current", "memory.kmem.usage_in_bytes")) {
                    if (Files.exists(directory.resolve(file))) {
                        var bytes = Long.parseLong(Files.readString(directory.resolve(file)).strip());
                        add(sums, file.contains("kmem") ? "memory group, kernel's part" : "memory group, all", bytes >> 10);
                    }
                }
            }
        }
    }

    private static long available() throws IOException {
        return field(Files.readAllLines(Path.of("/proc/meminfo")), "MemAvailable:");
    }

    private static long field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static void add(Map<String, Long> sums, String name, long kibibytes) {
        sums.merge(name, kibibytes, Long::sum);
    }

    /** Returns the KiB of the sandbox's process, by kind: PSS or RSS. */
    long processes(String kind) {
        return kibibytes.getOrDefault("agent, " + kind, 0L);
    }
}
