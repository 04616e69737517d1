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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the content of the template {@code base}: home directories, a generated {@code /etc}, and copies of the files in the host's
 * {@code /etc} that programs in {@code /usr} need. Only listed files are copied, because a host's {@code /etc} contains secrets.
 *
 * @param root the directory to make it in
 * @param agent the agent's executable; called as {@code sudo}, it acts as sudo
 * @param owner host uid of the sandbox's root on the disk; -1 leaves all owners as they are
 */
record Skeleton(Path root, Path agent, int owner) {
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
            "java-25-openjdk",
            // needed to install packages
            "adduser.conf",
            "apt",
            "debconf.conf",
            "default/useradd",
            "deluser.conf",
            "dpkg",
            "login.defs",
            "pam.conf",
            "pam.d",
            "security",
            "skel",
            "ucf.conf");

    private static final Map<String, String> ETC = Map.of(
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
            "pip.conf", """
                    [global]
                    break-system-packages = true
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

    /** The upper layer of the overlay on the host's {@code /usr}, for sandboxes that may change it. The launcher has the same path. */
    private static final String USR_LAYER = "usr/.layers/usr/upper";

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
            "var/cache/apt/archives/partial",
            "var/cache/debconf",
            "var/lib/apt/lists/partial",
            "var/lib/dpkg",
            "var/local",
            "var/log/apt",
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
        var accounts = new SystemAccounts(Path.of("/etc"));
        Files.writeString(root.resolve("etc/passwd"), accounts.users());
        Files.writeString(root.resolve("etc/group"), accounts.groups());
        for (String name : HOST_ETC) {
            HostCopy.copy(Path.of("/etc", name), root.resolve("etc").resolve(name));
        }
        linkUsr();
        Files.writeString(root.resolve("home/user/.bashrc"), "[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc\n");
        Files.createDirectories(root.resolve(Boundary.SBIN));
        directory(USR_LAYER, "rwxr-xr-x");
        linkPython();
        if (owner >= 0) {
            new HiddenFiles(root.resolve(USR_LAYER)).hide();
            Files.copy(agent, root.resolve(Boundary.SUDO), StandardCopyOption.COPY_ATTRIBUTES);
            setOwners();
        }
    }

    /** Makes the links of a merged /usr as on the host, and empty directories where bubblewrap mounts the host's. */
    private void linkUsr() throws IOException {
        for (String name : HostUsr.TOP_LEVEL) {
            var host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root.resolve(name), Files.readSymbolicLink(host));
            } else if (Files.isDirectory(host)) {
                Files.createDirectory(root.resolve(name));
            }
        }
    }

    /** Makes a link called {@code python}, as in container images, if the host has {@code python3} only. */
    private void linkPython() throws IOException {
        var python3 = program("python3");
        if (python3.isEmpty() || program("python").isPresent()) {
            return;
        }
        Files.createSymbolicLink(root.resolve(Boundary.SBIN).resolve("python"), python3.get());
        // if /usr has an overlay, python is also found at its usual path
        directory(USR_LAYER + "/bin", "rwxr-xr-x");
        Files.createSymbolicLink(root.resolve(USR_LAYER + "/bin/python"), python3.get());
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

    private void setOwners() throws IOException {
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
                var id = owner + (path.startsWith(root.resolve("home/user")) ? Boundary.USER : 0);
                Files.setAttribute(path, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
        setStickyBit("tmp");
        setStickyBit("var/tmp");
    }

    /** Runs after the change of owners, which would clear the bit. {@code PosixFilePermissions} can't set it. */
    private void setStickyBit(String name) throws IOException {
        Files.setAttribute(root.resolve(name), "unix:mode", 0_1777);
    }
}
