package dev.sandboxer.local.host;

import dev.sandboxer.local.disk.Skeleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The bubblewrap options that make the boundary; the seccomp program and the descriptors are the launcher's. */
public final class Boundary {
    /**
     * What the sandbox's root may do, in its own user namespace. Nothing that reaches a kernel interface shared with the
     * host; no CAP_SYS_PTRACE, so that nobody inside can get at the agent.
     */
    private static final List<String> CAPABILITIES = List.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
            "SETPCAP",
            "NET_BIND_SERVICE",
            "SYS_CHROOT",
            "SETFCAP");

    /** First in everybody's PATH; what an administrator of this host keeps there is no business of a sandbox's. */
    private static final Path LOCAL_SBIN = Path.of("/usr/local/sbin");

    /** Useless inside, since no set-uid bit works there. */
    private static final Path HOST_SUDO = Path.of("/usr/bin/sudo");

    private static final long SHM_BYTES = 64L << 20;

    private Boundary() {}

    /** A range of uids is mapped and the launcher has put the root on {@code stage}. */
    static List<String> asRoot(Path stage, String hostname) {
        var options = common(stage, hostname, 0);
        var sbin = stage.resolve(Skeleton.SBIN);
        if (Files.isDirectory(LOCAL_SBIN)) {
            options.addAll(List.of("--ro-bind", sbin.toString(), LOCAL_SBIN.toString()));
        }
        if (Files.exists(HOST_SUDO)) {
            options.addAll(List.of("--ro-bind", stage.resolve(Skeleton.SUDO).toString(), HOST_SUDO.toString()));
        }
        for (String capability : CAPABILITIES) {
            options.add("--cap-add");
            options.add("CAP_" + capability);
        }
        return options;
    }

    /** Only one uid is mapped, to the sandbox's {@code user}. */
    static List<String> asPlainUser(Path tree, String hostname) {
        return common(tree, hostname, Skeleton.USER);
    }

    private static List<String> common(Path root, String hostname, int uid) {
        var options = new ArrayList<String>(List.of("--unshare-user", "--unshare-all"));
        options.addAll(List.of("--uid", Integer.toString(uid), "--gid", Integer.toString(uid)));
        options.addAll(List.of("--hostname", hostname, "--bind", root.toString(), "/"));
        for (String directory : HostUsr.readOnlyBinds()) {
            options.addAll(List.of("--ro-bind", directory, directory));
        }
        options.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        // a tmpfs is memory: bounded, and /dev itself closed
        options.addAll(List.of("--perms", "1777", "--size", Long.toString(SHM_BYTES), "--tmpfs", "/dev/shm"));
        options.addAll(List.of("--remount-ro", "/dev"));
        options.addAll(List.of("--chdir", "/", "--clearenv", "--new-session", "--as-pid-1"));
        return options;
    }
}
