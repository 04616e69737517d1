package dev.sandboxer.local.host;

import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reports what this host can and can't do. */
public final class HostCheck {
    private static final List<String> LIMITS = List.of("memory", "cpu", "pids", "freezer");

    private HostCheck() {}

    public static HostReport report() {
        var findings = new ArrayList<Finding>();
        findings.add(machine());
        findings.add(bubblewrap());
        findings.add(users());
        findings.add(disk());
        findings.add(limits());
        findings.add(Finding.ok("network", "sandboxes have their own loopback and no way out"));
        return new HostReport(findings);
    }

    private static Finding machine() {
        var linux = System.getProperty("os.name").equals("Linux");
        return linux
                ? Finding.ok(
                        "machine", "Linux " + System.getProperty("os.version") + " " + System.getProperty("os.arch"))
                : Finding.missing("machine", "not Linux", "use a profile that runs in a cloud");
    }

    private static Finding bubblewrap() {
        var program = HostPrograms.find("bwrap");
        if (program.isEmpty()) {
            return Finding.missing("bubblewrap", "not installed", "apt-get install bubblewrap");
        }
        var version = output(program.get().toString(), "--version");
        var trial = output(
                program.get().toString(),
                "--unshare-all",
                "--unshare-user",
                "--ro-bind",
                "/",
                "/",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--",
                "/bin/echo",
                "isolated");
        return trial.equals("isolated")
                ? Finding.ok("bubblewrap", version + ", makes namespaces")
                : Finding.missing("bubblewrap", "can't make namespaces: " + trial, namespaceRemedy());
    }

    private static String namespaceRemedy() {
        var apparmor = Path.of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
        if (Files.exists(apparmor) && readFirstLine(apparmor).equals("1")) {
            return "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap";
        }
        return "allow user namespaces (sysctl user.max_user_namespaces); in a container run it privileged";
    }

    private static Finding users() {
        return HostUser.isRoot()
                ? Finding.ok("users", "65536 users inside, none of them a user of this host")
                : Finding.limited(
                        "users",
                        "one user inside (\"user\"), no root and no sudo: you are not root here; what runs as it can put off the"
                                + " sandbox's deadline",
                        "run as root");
    }

    private static Finding disk() {
        return switch (RootSource.ofThisHost()) {
            case IMAGE -> Finding.ok("disk", "size limit by disk images");
            case TREE ->
                Finding.limited(
                        "disk", "no size limit: loop devices or mkfs.ext4 are missing", "apt-get install e2fsprogs");
            case PLAIN_USER ->
                Finding.limited("disk", "no size limit: a plain user can't mount disk images", "run as root");
        };
    }

    private static Finding limits() {
        var missing = new ArrayList<>(LIMITS);
        missing.removeAll(HostCgroups.ofThisProcess().controllers());
        if (missing.isEmpty()) {
            return Finding.ok("limits", "memory, CPU and processes are limited by control groups");
        }
        return Finding.limited(
                "limits",
                "not limited by control groups: " + String.join(", ", missing),
                HostUser.isRoot() ? "mount the cgroup controllers" : "run as root");
    }

    private static String output(String... command) {
        try {
            var process = HostPrograms.builder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no answer";
            }
            return text;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static String readFirstLine(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
