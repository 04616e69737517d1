package dev.sandboxer.local.host;

import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Reports what sandboxes can and can't do on this host. */
public final class HostCheck {
    private static final List<String> LIMITS = List.of("memory", "cpu", "pids", "freezer");

    private HostCheck() {}

    /**
     * Checks the host without changing anything.
     *
     * @param home the directory where sandboxes are stored; need not exist
     * @param capacity the resources for all sandboxes together
     */
    public static HostReport report(Path home, HostCapacity capacity) {
        var findings = new ArrayList<Finding>();
        findings.add(machine());
        findings.add(bubblewrap());
        findings.addAll(users(home));
        findings.add(disk());
        findings.add(limits());
        sharedLimits(capacity).ifPresent(findings::add);
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

    private static List<Finding> users(Path home) {
        if (!HostUser.isRoot()) {
            return List.of(
                    Finding.limited(
                            "users",
                            "one user inside (\"user\"), no root and no sudo; its processes can delay the sandbox's deadline:"
                                    + " you are not root here",
                            "run as root"),
                    readOnlySystem("you are not root here", "run as root"));
        }
        try (var agent = Files.isDirectory(home) ? AgentBinary.forRemoval(home) : AgentBinary.inMemory()) {
            var support = MountSupport.of(RootSource.ofThisHost(), agent.path(), nearest(home));
            return List.of(uids(support), system(support));
        } catch (IOException e) {
            return List.of(Finding.limited(
                    "users",
                    "can't tell; all sandboxes may share one range of uids and see /usr read-only: "
                            + HostFailure.text(e),
                    "free some space on the disk"));
        }
    }

    private static Finding uids(MountSupport support) {
        return support.ownIds()
                ? Finding.ok("users", "each sandbox has its own 65536 uids")
                : Finding.limited(
                        "users",
                        "all sandboxes share 65536 uids and the kernel's limits per user: " + support.ids(),
                        "Linux 5.19 or newer, and a home on ext4, xfs or btrfs");
    }

    private static Finding system(MountSupport support) {
        return support.ownSystem()
                ? Finding.ok("system", "each sandbox may change its own view of /usr")
                : readOnlySystem(
                        support.system(), "Linux 5.19 or newer with overlayfs, and /usr on ext4, xfs or btrfs");
    }

    private static Finding readOnlySystem(String why, String remedy) {
        return Finding.limited(
                "system", "/usr is read-only inside, and sandboxes can watch and lock its files: " + why, remedy);
    }

    /** Returns the home, or its nearest ancestor that exists. */
    private static Path nearest(Path home) {
        for (Path path = home.toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.isDirectory(path)) {
                return path;
            }
        }
        return home;
    }

    private static Finding disk() {
        return switch (RootSource.ofThisHost()) {
            case IMAGE -> Finding.ok("disk", "size is limited by disk images");
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

    private static Optional<Finding> sharedLimits(HostCapacity capacity) {
        if (!HostUser.isRoot()) {
            return Optional.empty();
        }
        try {
            var memory = capacity.memory() >> 20;
            return Optional.of(Finding.ok(
                    "together",
                    memory + " MiB of memory and " + capacity.processes() + " processes for all sandboxes"));
        } catch (IOException e) {
            return Optional.empty();
        }
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
