package dev.sandboxer.local.disk;

import dev.sandboxer.local.host.Boundary;
import dev.sandboxer.local.host.HostUsr;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes the content of the template {@code base}: a generated {@code /etc}, home directories, and copies of those parts of the
 * host's {@code /etc} that programs in {@code /usr} need. Only listed files are copied, since a host's {@code /etc} contains
 * secrets.
 *
 * @param root the directory to make it in
 * @param agent the agent's executable, which acts as {@code sudo} under that name
 * @param uidBase host uid of the sandbox's root; -1 leaves all owners as they are
 */
record Skeleton(Path root, Path agent, int uidBase) {
    /** The parts of the host's /etc that are copied; none contains a secret. */
    private static final List<String> HOST_ETC = List.of(
            "alternatives",
            "ld.so.cache",
            "ld.so.conf",
            "ld.so.conf.d",
            "ssl/certs",
            "ssl/openssl.cnf",
            "ca-certificates",
            "ca-certificates.conf",
            "localtime",
            "timezone",
            "debian_version",
            "os-release",
            "protocols",
            "services",
            "mime.types",
            "inputrc",
            "terminfo",
            "magic",
            "fonts",
            "perl",
            "python3",
            "python3.11",
            "python3.13",
            "java-17-openjdk",
            "java-21-openjdk",
            "java-25-openjdk");

    private static final Map<String, String> ETC = Map.of(
            "passwd", """
                    root:x:0:0:root:/root:/bin/bash
                    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
                    bin:x:2:2:bin:/bin:/usr/sbin/nologin
                    sys:x:3:3:sys:/dev:/usr/sbin/nologin
                    mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
                    www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
                    user:x:1000:1000:user:/home/user:/bin/bash
                    nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
                    """,
            "group", """
                    root:x:0:
                    daemon:x:1:
                    bin:x:2:
                    sys:x:3:
                    tty:x:5:
                    disk:x:6:
                    mail:x:8:
                    sudo:x:27:user
                    www-data:x:33:
                    shadow:x:42:
                    staff:x:50:
                    users:x:100:
                    user:x:1000:
                    nogroup:x:65534:
                    """,
            "hosts", """
                    127.0.0.1 localhost
                    ::1 localhost ip6-localhost ip6-loopback
                    """,
            "nsswitch.conf", """
                    passwd: files
                    group: files
                    shadow: files
                    hosts: files dns
                    networks: files
                    protocols: files
                    services: files
                    """,
            "resolv.conf", "",
            "shells", "/bin/sh\n/bin/bash\n",
            "profile", """
                    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                    if [ "${PS1-}" ] && [ "${BASH-}" ] && [ -r /etc/bash.bashrc ]; then . /etc/bash.bashrc; fi
                    for script in /etc/profile.d/*.sh; do if [ -r "$script" ]; then . "$script"; fi; done
                    unset script
                    """,
            "bash.bashrc", """
                    [ -z "${PS1-}" ] && return
                    shopt -s checkwinsize
                    PS1='\\u@\\h:\\w\\$ '
                    """);

    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"));

    private static final List<String> DIRECTORIES = List.of(
            "dev",
            "etc/profile.d",
            "home",
            "media",
            "mnt",
            "opt",
            "proc",
            "run/lock",
            "srv",
            "sys",
            "usr",
            "var/cache",
            "var/lib",
            "var/local",
            "var/log",
            "var/mail",
            "var/opt",
            "var/spool");

    void make() throws IOException {
        for (String directory : DIRECTORIES) {
            Files.createDirectories(root.resolve(directory));
        }
        directory("root", "rwx------");
        directory("tmp", "rwxrwxrwx");
        directory("var/tmp", "rwxrwxrwx");
        directory("home/user", "rwxr-xr-x");
        Files.createSymbolicLink(root.resolve("var/run"), Path.of("/run"));
        Files.createSymbolicLink(root.resolve("etc/mtab"), Path.of("/proc/self/mounts"));
        for (var file : ETC.entrySet()) {
            Files.writeString(root.resolve("etc").resolve(file.getKey()), file.getValue());
        }
        for (String name : HOST_ETC) {
            copy(Path.of("/etc", name), root.resolve("etc").resolve(name));
        }
        usrLinks();
        Files.writeString(root.resolve("home/user/.bashrc"), "[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc\n");
        Files.createDirectories(root.resolve(Boundary.SBIN));
        python();
        if (uidBase >= 0) {
            Files.copy(agent, root.resolve(Boundary.SUDO), StandardCopyOption.COPY_ATTRIBUTES);
            own();
        }
    }

    /** Makes the top-level links of a merged /usr as on the host, and empty directories where bubblewrap binds the host's. */
    private void usrLinks() throws IOException {
        for (String name : HostUsr.TOP_LEVEL) {
            var host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root.resolve(name), Files.readSymbolicLink(host));
            } else if (Files.isDirectory(host)) {
                Files.createDirectory(root.resolve(name));
            }
        }
    }

    /** Calls Python {@code python}, as container images do, where the host knows it as {@code python3} only. */
    private void python() throws IOException {
        if (program("python").isEmpty()) {
            var python3 = program("python3");
            if (python3.isPresent()) {
                Files.createSymbolicLink(root.resolve(Boundary.SBIN).resolve("python"), python3.get());
            }
        }
    }

    private static Optional<Path> program(String name) {
        return PROGRAMS.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void directory(String name, String permissions) throws IOException {
        var made = Files.createDirectories(root.resolve(name));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
    }

    /** Copies a file or tree, without the files that not everybody on the host may read. */
    private static void copy(Path source, Path target) throws IOException {
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(target.resolve(source.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var link = attributes.isSymbolicLink();
                if (link || attributes.isRegularFile() && readableByAll(file)) {
                    var copy = file.equals(source) ? target : target.resolve(source.relativize(file));
                    Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.REPLACE_EXISTING);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean readableByAll(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    private void own() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                return chown(directory);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return chown(file);
            }

            private FileVisitResult chown(Path path) throws IOException {
                var id = uidBase + (path.startsWith(root.resolve("home/user")) ? Boundary.USER : 0);
                Files.setAttribute(path, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
        sticky("tmp");
        sticky("var/tmp");
    }

    /** {@code PosixFilePermissions} doesn't know the sticky bit, and a change of owner would clear it. */
    private void sticky(String name) throws IOException {
        Files.setAttribute(root.resolve(name), "unix:mode", 0_1777);
    }
}
