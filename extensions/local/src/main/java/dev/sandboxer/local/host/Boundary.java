package dev.sandboxer.local.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of bubblewrap that isolate a sandbox. The launcher adds the seccomp program and the descriptors. */
public final class Boundary {
    /**
     * The directory of the sandbox's own programs, relative to its root: sudo, and a link called {@code python}. The host's
     * {@code /usr} is mounted over it, so nobody inside can change it, and a sandbox that starts from a snapshot finds it unchanged.
     * The programs are mounted from here over the paths where callers look for them.
     */
    public static final String SBIN = "usr/.sandboxer";

    public static final String SUDO = SBIN + "/sudo";

    /** Uid of {@code user} inside a sandbox. */
    public static final int USER = 1000;

    /**
     * The capabilities of the sandbox's root in its own user namespace. None of them reaches a kernel interface that is shared with
     * the host. CAP_SYS_PTRACE is left out to protect the agent.
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

    /** The first directory in PATH. It is covered inside, which also hides the host's administration scripts. */
    private static final Path LOCAL_SBIN = Path.of("/usr/local/sbin");

    /** Smallest size of {@code /dev/shm}, in bytes. It is half of the sandbox's memory if that is more. */
    private static final long MIN_SHM = 64L << 20;

    private Boundary() {}

    /** Returns the options for a sandbox with a range of uids. The launcher has assembled its root and devices on {@code stage}. */
    static List<String> asRoot(Path stage, String hostname, int memoryMiB, boolean hasNetwork) {
        var options = common(stage.resolve("root"), hostname, 0);
        if (hasNetwork) {
            options.add("--share-net"); // shares the launcher's network namespace, which nobody inside can change
        }
        options.addAll(List.of("--dev-bind", stage.resolve("dev").toString(), "/dev"));
        options.addAll(sharedMemory(memoryMiB));
        options.addAll(process());
        for (String capability : CAPABILITIES) {
            options.add("--cap-add");
            options.add("CAP_" + capability);
        }
        return options;
    }

    /** Returns the options for a plain user's sandbox, with that user's uid mapped to {@code user}. */
    static List<String> asPlainUser(Path tree, String hostname, int memoryMiB, boolean hasNetwork) {
        var options = common(tree, hostname, USER);
        if (hasNetwork) {
            // bubblewrap is root in the namespace that owns the network, and would keep capabilities there
            options.addAll(List.of("--share-net", "--cap-drop", "ALL"));
        }
        for (String name : HostUsr.directories()) {
            options.addAll(List.of("--ro-bind", "/" + name, "/" + name));
        }
        if (Files.isDirectory(LOCAL_SBIN)) {
            options.addAll(List.of("--ro-bind", tree.resolve(SBIN).toString(), LOCAL_SBIN.toString()));
        }
        options.addAll(List.of("--dev", "/dev"));
        options.addAll(sharedMemory(memoryMiB));
        options.addAll(List.of("--remount-ro", "/dev"));
        options.addAll(process());
        return options;
    }

    private static List<String> common(Path root, String hostname, int uid) {
        var options = new ArrayList<String>(List.of("--unshare-user", "--unshare-all"));
        options.addAll(List.of("--uid", Integer.toString(uid), "--gid", Integer.toString(uid)));
        options.addAll(List.of("--hostname", hostname, "--bind", root.toString(), "/", "--proc", "/proc"));
        return options;
    }

    /** Mounts {@code /dev/shm}. A tmpfs takes the sandbox's memory, so this one has a size limit and {@code /dev} is read-only. */
    private static List<String> sharedMemory(int memoryMiB) {
        var bytes = Math.max(MIN_SHM, (long) memoryMiB << 19);
        return List.of("--perms", "1777", "--size", Long.toString(bytes), "--tmpfs", "/dev/shm");
    }

    private static List<String> process() {
        return List.of("--chdir", "/", "--clearenv", "--new-session", "--as-pid-1");
    }
}
