package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.local.disk.DiskUsage;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.OomKills;
import dev.sandboxer.local.network.NetworkCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;

/**
 * Reads a sandbox's metrics from its control groups and its file system. It needs no process inside, so it is cheap and works while the
 * sandbox is paused.
 */
record MetricsReader(SandboxFolder folder, Cgroups groups) {
    SandboxMetrics read(Instant at) {
        try {
            var launched =
                    folder.launched().filter(SandboxFolder.Launched::alive).orElseThrow(folder::gone);
            var memory = group("memory");
            var used = number(memory, memory.unified() ? "memory.current" : "memory.usage_in_bytes");
            var cache = field(memory, "memory.stat", memory.unified() ? "file" : "total_cache");
            var limit = number(memory, memory.unified() ? "memory.max" : "memory.limit_in_bytes");
            var disk = DiskUsage.read(folder, launched.pid());
            var network = NetworkCounter.of(launched.pid());
            if (!launched.alive()) {
                throw folder.gone();
            }
            // the cache was read later than the sum, so it may be larger
            return new SandboxMetrics(
                    at,
                    processorTime(),
                    used,
                    Math.min(cache, used),
                    limit,
                    disk.used(),
                    disk.total(),
                    OomKills.count(groups),
                    network.in(),
                    network.out());
        } catch (IOException e) {
            throw folder.alive()
                    ? ExtensionException.unknown(
                            Kind.TRANSIENT, "the sandbox could not be measured: " + HostFailure.text(e), e)
                    : folder.gone();
        }
    }

    private Duration processorTime() throws IOException {
        var group = group("cpuacct");
        return group.unified()
                ? Duration.ofNanos(1000 * field(group, "cpu.stat", "usage_usec"))
                : Duration.ofNanos(number(group, "cpuacct.usage"));
    }

    private Cgroups.Group group(String controller) {
        return groups.with(controller)
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED,
                        "this sandbox can't be measured: it has no control group with " + controller));
    }

    private static long number(Cgroups.Group group, String file) throws IOException {
        return Long.parseLong(Files.readString(group.path().resolve(file)).strip());
    }

    /** Returns one value from a file with a name and a number in each line. */
    private static long field(Cgroups.Group group, String file, String name) throws IOException {
        var path = group.path().resolve(file);
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith(name + " ")) {
                return Long.parseLong(line.substring(name.length() + 1).strip());
            }
        }
        throw new IOException(path + " has no " + name);
    }
}
