package dev.sandboxer.local.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of bubblewrap that isolate a sandbox. The launcher adds the seccomp program and the descriptors. */
public final class Boundary {
    /**
     * A directory of the root, relative to it, that holds the sandbox's own programs: sudo, and Python's usual name. The host's {@code /usr} is mounted over it,
     * so nobody inside can change it, and a sandbox that starts from a snapshot finds it unchanged. Bound from here to the
     * places where programs look for it.
     */
    public static final String SBIN = "usr/.sandboxer";

    public static final String SUDO = SBIN + "/sudo";

    /** Uid of {@code user} inside a sandbox. */
    public static final int USER = 1000;

    /**
     * The capabilities of the sandbox's root in its own user namespace. None reaches a kernel interface that is shared with
     * the host. CAP_SYS_PTRACE is missing so that nobody inside can get at the agent.
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

    /** First in everybody's PATH. Covered inside: the host's own administration scripts are none of a sandbox's business. */
    private static final Path LOCAL_SBIN = Path.of("/usr/local/sbin");

    /** Covered inside: it would not work there, since set-uid bits have no effect. */
    private static final Path HOST_SUDO = Path.of("/usr/bin/sudo");

    private static final long SHM_BYTES = 64L << 20;

    private Boundary() {}

    /** For a sandbox with a range of uids, whose root the launcher has mounted on {@code stage}. */
    static List<String> asRoot(Path stage, String hostname) {
        var options = common(stage, hostname, 0);
        if (Files.exists(HOST_SUDO)) {
            options.addAll(List.of("--ro-bind", stage.resolve(SUDO).toString(), HOST_SUDO.toString()));
        }
        for (String capability : CAPABILITIES) {
            options.add("--cap-add");
            options.add("CAP_" + capability);
        }
        return options;
    }

    /** For a sandbox of a plain user, with that one uid mapped to {@code user}. */
    static List<String> asPlainUser(Path tree, String hostname) {
        return common(tree, hostname, USER);
    }

    private static List<String> common(Path root, String hostname, int uid) {
        var options = new ArrayList<String>(List.of("--unshare-user", "--unshare-all"));
        options.addAll(List.of("--uid", Integer.toString(uid), "--gid", Integer.toString(uid)));
        options.addAll(List.of("--hostname", hostname, "--bind", root.toString(), "/"));
        for (String directory : HostUsr.readOnlyBinds()) {
            options.addAll(List.of("--ro-bind", directory, directory));
        }
        var sbin = root.resolve(SBIN);
        if (Files.isDirectory(LOCAL_SBIN)) {
            options.addAll(List.of("--ro-bind", sbin.toString(), LOCAL_SBIN.toString()));
        }
        options.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        // a tmpfs uses memory: /dev/shm gets a size limit, and /dev itself is made read-only
        options.addAll(List.of("--perms", "1777", "--size", Long.toString(SHM_BYTES), "--tmpfs", "/dev/shm"));
        options.addAll(List.of("--remount-ro", "/dev"));
        options.addAll(List.of("--chdir", "/", "--clearenv", "--new-session", "--as-pid-1"));
        return options;
    }
}
