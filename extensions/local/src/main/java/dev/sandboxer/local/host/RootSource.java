package dev.sandboxer.local.host;

import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.Skeleton;
import dev.sandboxer.local.folder.SandboxFolder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a sandbox gets its writable root, and who its users are on the host. */
public enum RootSource {
    /** A disk image of its own through a loop device: a real size limit, and nothing of the host's paths inside. */
    IMAGE,
    /** A directory, as root: no loop devices or no mkfs.ext4 here. No size limit. */
    TREE,
    /** A directory, as a plain user with one uid mapped. No size limit. */
    PLAIN_USER;

    /**
     * Host uid of the sandbox's root: never 0, above what adduser, subuid and systemd-nspawn give out, so that no other
     * container's processes share an owner with ours.
     */
    static final int UID_BASE = 0x7000_0000;

    private static final int UID_COUNT = 65_536;

    /** A directory that exists on every host; covered only in the launcher's own mount namespace. */
    private static final Path STAGE = Path.of("/mnt");

    public static RootSource ofThisHost() {
        if (!HostPrograms.isRoot()) {
            return PLAIN_USER;
        }
        return Files.exists(Path.of("/dev/loop-control")) && mkfs().isPresent() ? IMAGE : TREE;
    }

    public static Optional<Path> mkfs() {
        return HostPrograms.program("mkfs.ext4");
    }

    /** Host uid of the sandbox's root; -1 when it is the caller. */
    public int uidBase() {
        return this == PLAIN_USER ? -1 : UID_BASE;
    }

    /**
     * Launcher options that put the root in place; makes the template when this is its first use.
     *
     * @param kept a disk to start from instead of the template, for {@link #IMAGE} only
     */
    public List<String> prepare(BaseTemplate template, SandboxFolder folder, Optional<Path> kept, int diskMiB)
            throws IOException {
        var options = new ArrayList<String>();
        switch (this) {
            case IMAGE -> {
                var image = kept.isPresent() ? kept.get() : template.image(diskMiB);
                options.addAll(List.of("--image", image.toString()));
                options.addAll(List.of("--image-copy", folder.image().toString()));
                // whatever has been done to a kept disk, nothing of the host's is bound in its place
                options.addAll(List.of("--stage", STAGE.toString(), "--real-file", Skeleton.SUDO));
            }
            case TREE -> {
                copyTree(template.tree(), folder.tree(), true);
                options.addAll(List.of("--tree", folder.tree().toString(), "--stage", STAGE.toString()));
            }
            case PLAIN_USER -> copyTree(template.tree(), folder.tree(), false);
        }
        if (this != PLAIN_USER) {
            options.addAll(List.of("--uid-base", Integer.toString(UID_BASE)));
            options.addAll(List.of("--uid-count", Integer.toString(UID_COUNT)));
        }
        return options;
    }

    public List<String> boundary(SandboxFolder folder, String hostname) {
        return this == PLAIN_USER ? Boundary.asPlainUser(folder.tree(), hostname) : Boundary.asRoot(STAGE, hostname);
    }

    public List<String> agentOptions() {
        return this == PLAIN_USER ? List.of("--single-uid") : List.of();
    }

    private static void copyTree(Path source, Path target, boolean owners) throws IOException {
        var attributes = owners ? "unix:mode,uid,gid" : "unix:mode";
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes basic) throws IOException {
                return copy(directory);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes basic) throws IOException {
                return copy(file);
            }

            private FileVisitResult copy(Path from) throws IOException {
                var to = target.resolve(source.relativize(from));
                Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.REPLACE_EXISTING);
                for (var attribute : Files.readAttributes(from, attributes, LinkOption.NOFOLLOW_LINKS)
                        .entrySet()) {
                    if (attribute.getKey().equals("mode")) {
                        if (!Files.isSymbolicLink(from)) {
                            Files.setAttribute(to, "unix:mode", (Integer) attribute.getValue() & 0_7777);
                        }
                    } else {
                        Files.setAttribute(
                                to, "unix:" + attribute.getKey(), attribute.getValue(), LinkOption.NOFOLLOW_LINKS);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
