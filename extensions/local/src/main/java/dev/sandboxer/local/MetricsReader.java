package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxMetrics;
import dev.sandboxer.local.disk.DiskUsage;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.HostFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;

/**
 * What a sandbox uses, from the kernel's own accounts: no process is started for it and none inside is asked, so it is cheap
 * and works while the sandbox is paused.
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
            var disk = new DiskUsage(folder, launched.pid()).space();
            if (!launched.alive()) {
                throw folder.gone();
            }
            // both parts of the memory are counted at different moments
            return new SandboxMetrics(
                    at, processorTime(), used, Math.min(cache, used), limit, disk.used(), disk.total());
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
        return groups.of(controller)
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED,
                        "nobody has counted what this sandbox uses: it has no group of " + controller));
    }

    private static long number(Cgroups.Group group, String file) throws IOException {
        return Long.parseLong(Files.readString(group.path().resolve(file)).strip());
    }

    /** Of a file with a name and a number in each line. */
    private static long field(Cgroups.Group group, String file, String name) throws IOException {
        var text = "\n" + Files.readString(group.path().resolve(file));
        var start = text.indexOf("\n" + name + " ");
        if (start < 0) {
            throw new IOException(group.path().resolve(file) + " has no " + name);
        }
        var from = start + name.length() + 2;
        return Long.parseLong(text, from, text.indexOf('\n', from), 10);
    }
}
