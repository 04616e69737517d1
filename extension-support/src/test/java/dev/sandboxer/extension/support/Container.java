package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A sandbox that only runs commands, in its own namespaces for processes, files and the network. Has the users root and {@code user} with
 * writable homes. Everything else of this machine is read-only or missing.
 */
final class Container implements AutoCloseable {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            user:x:1000:1000:User:/home/user:/bin/sh
            """;

    private static final String GROUP = """
            root:x:0:
            user:x:1000:
            """;

    private static final String SHADOW = """
            root:*:19000:0:99999:7:::
            user:*:19000:0:99999:7:::
            """;

    /** Runs a command on a terminal. The first two arguments are rows and columns. */
    private static final String TERMINAL = """
            import fcntl, os, pty, struct, sys, termios
            pid, terminal = pty.fork()
            if pid == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(sys.argv[1]), int(sys.argv[2]), 0, 0))
                os.execv(sys.argv[3], sys.argv[3:])
            try:
                while data := os.read(terminal, 65536):
                    os.write(1, data)
            except OSError:
                pass
            status = os.waitpid(pid, 0)[1]
            sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
            """;

    /**
     * Resets signals to their defaults. A process started by posix_spawn ignores two signals that glibc reserves, and its children inherit
     * that. System call 13 (134 on aarch64) is rt_sigaction.
     */
    private static final String DEFAULT_SIGNALS = "my $n = "
            + ("aarch64".equals(System.getProperty("os.arch")) ? 134 : 13)
            + "; my $default = \"\\0\" x 32; for my $s (32, 33) { syscall($n, $s + 0, $default, 0, 8) }"
            + " $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM); exec @ARGV";

    private static final Pattern CHILD = Pattern.compile("\"child-pid\": *([0-9]+)");

    private final Path directory;
    private final Process holder;
    private final long init;
    private final Map<String, String> env;

    /** The files in the container. */
    enum Image {
        /** The files of this machine, read-only. */
        HOST,
        /** BusyBox and nothing else. */
        BUSYBOX
    }

    /**
     * @param env variables for every command
     */
    Container(Image image, Map<String, String> env) {
        try {
            this.env = env;
            directory = Files.createTempDirectory("container");
            var argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec bwrap --info-fd 3 \"$@\" 3>&1", "sh"));
            argv.addAll(List.of("--unshare-pid", "--unshare-net", "--die-with-parent"));
            argv.addAll(mounts(image));
            argv.addAll(List.of("/bin/sh", "-c", "echo ready; exec sleep 1000000"));
            holder = new ProcessBuilder(argv)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            init = init(holder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean canRun() {
        return "root".equals(System.getProperty("user.name"));
    }

    private List<String> mounts(Image image) throws IOException {
        var home = Files.createDirectories(directory.resolve("home/user"));
        Files.setAttribute(home, "unix:uid", 1000);
        Files.setAttribute(home, "unix:gid", 1000);
        var root = Files.createDirectory(directory.resolve("root"));
        var mounts = new ArrayList<>(image == Image.HOST ? List.of("--ro-bind", "/", "/") : busyBox());
        mounts.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"));
        mounts.addAll(List.of("--bind", home.getParent().toString(), "/home", "--bind", root.toString(), "/root"));
        mounts.addAll(file("passwd", PASSWD));
        mounts.addAll(file("group", GROUP));
        mounts.addAll(file("shadow", SHADOW));
        return mounts;
    }

    private List<String> file(String name, String content) throws IOException {
        var file = Files.writeString(directory.resolve(name), content);
        return List.of("--ro-bind", file.toString(), "/etc/" + name);
    }

    private List<String> busyBox() throws IOException {
        var bin = Files.createDirectories(directory.resolve("busybox/bin"));
        Files.createDirectory(bin.resolveSibling("etc"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        bin.resolve("busybox").toFile().setExecutable(true, false);
        var list = new ProcessBuilder(bin.resolve("busybox").toString(), "--list").start();
        for (var applet :
                new String(list.getInputStream().readAllBytes(), UTF_8).lines().toList()) {
            if (!applet.equals("busybox")) {
                Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
            }
        }
        return List.of("--bind", bin.getParent().toString(), "/");
    }

    private static long init(Process holder) throws IOException {
        var said = new StringBuilder();
        while (said.indexOf("ready\n") < 0) {
            var one = holder.getInputStream().read();
            if (one < 0) {
                throw new IOException("bwrap ended before the container was ready");
            }
            said.append((char) one);
        }
        var match = CHILD.matcher(said);
        if (!match.find()) {
            throw new IOException("bwrap reported no pid: " + said);
        }
        return Long.parseLong(match.group(1));
    }

    /** Returns an {@link Exec} that runs commands as root in the container. */
    Exec exec() {
        return exec(Map.of());
    }

    /** Returns an {@link Exec} like {@link #exec()} that passes additional variables. */
    Exec exec(Map<String, String> more) {
        return command -> {
            var argv = new ArrayList<String>();
            if (command.pty() != null) {
                argv.addAll(List.of("/usr/bin/python3", "-c", TERMINAL));
                argv.addAll(
                        List.of("" + command.pty().rows(), "" + command.pty().columns()));
            }
            argv.addAll(List.of("/usr/bin/perl", "-e", DEFAULT_SIGNALS));
            argv.addAll(List.of("/usr/bin/nsenter", "-t", Long.toString(init), "-m", "-n", "-p", "--"));
            argv.addAll(command.argv());
            var builder = new ProcessBuilder(argv);
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
            builder.environment().putAll(env);
            builder.environment().putAll(more);
            return ContainerExecution.start(builder, command.stdin());
        };
    }

    /** Returns the directory on this machine that is mounted at {@code /home} in the container. */
    Path home() {
        return directory.resolve("home");
    }

    @Override
    public void close() {
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
        holder.destroyForcibly();
        try {
            holder.waitFor();
            try (var paths = Files.walk(directory)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
