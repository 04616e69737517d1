package dev.sandboxer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Describes the machine, commit and state that the figures come from. */
record Machine(String title, List<String> lines) {
    static Machine look(Options options, Workspace work) throws IOException, InterruptedException {
        var commit = commit(options.root());
        var date = LocalDate.now(ZoneOffset.UTC);
        var root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return new Machine(
                date + ", " + commit + (options.quick() ? " (quick)" : ""),
                List.of(
                        "- machine: " + processor() + ", "
                                + Runtime.getRuntime().availableProcessors() + " CPUs, "
                                + (meminfo("MemTotal:") >> 10) + " MiB; " + distribution(),
                        "- kernel: " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                        "- JDK: " + System.getProperty("java.vendor.version") + " " + Runtime.version(),
                        "- commit: " + commit,
                        "- as " + (root ? "root" : "a plain user") + ", files on "
                                + Files.getFileStore(work.directory()).type() + ", load at the start " + load()));
    }

    private static String commit(Path root) throws InterruptedException {
        try {
            var git = List.of("git", "-C", root.toString());
            var commit = new Program(concat(git, "rev-parse", "--short=12", "HEAD")).run();
            var changed = new Program(concat(git, "diff", "--quiet", "HEAD"));
            try {
                changed.run();
                return commit;
            } catch (IOException e) {
                return commit + " with changes";
            }
        } catch (IOException e) {
            return "unknown commit";
        }
    }

    private static List<String> concat(List<String> list, String... more) {
        var all = new java.util.ArrayList<>(list);
        all.addAll(List.of(more));
        return all;
    }

    private static String processor() throws IOException {
        return value(Path.of("/proc/cpuinfo"), "model name", ":");
    }

    private static String distribution() throws IOException {
        return value(Path.of("/etc/os-release"), "PRETTY_NAME", "=").replace("\"", "");
    }

    private static String value(Path file, String key, String separator) throws IOException {
        if (!Files.isReadable(file)) {
            return "unknown";
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(separator) + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static long meminfo(String key) throws IOException {
        return Long.parseLong(value(Path.of("/proc/meminfo"), key, ":").replaceAll("\\D", ""));
    }

    static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }
}
