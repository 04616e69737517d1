package dev.sandboxer.local.packages;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Fetches Debian packages with the host's apt into a separate directory. Packages that the host has installed are not fetched, because
 * every new sandbox has them too. Several threads and processes may fetch at once.
 */
public final class HostApt {
    private static final Duration LISTS_KEPT_FOR = Duration.ofHours(1);
    private static final Duration PACKAGES_KEPT_FOR = Duration.ofDays(7);
    private static final long MAX_BYTES = 2L << 30;

    /** A package's name, with an optional architecture and an optional version or release. Matches no option and no pattern of apt. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:[=/][A-Za-z0-9.+:~_-]+)?");

    /** A line of a simulated install. Groups: name, version, architecture. */
    private static final Pattern INSTALL_LINE =
            Pattern.compile("Inst ([^ :]+)(?::\\S+)?(?: \\[\\S+\\])? \\((\\S+) .*\\[([a-z0-9-]+)\\]\\).*");

    /** A line of {@code --print-uris}. Group: the file's size in bytes. */
    private static final Pattern URI_LINE = Pattern.compile("'.*' \\S+ ([0-9]{1,12})(?: .*)?");

    /** A message about lists that a server did not deliver. */
    private static final Pattern INCOMPLETE = Pattern.compile("(?m)^[WE]: .*(Failed to fetch|failed to download)");

    private final AptCommand apt;
    private final Path directory;
    private final InstantSource clock;

    /**
     * @param sources a directory like {@code /etc/apt}
     * @param directory where lists and packages are kept; created if it does not exist
     */
    public HostApt(Path sources, Path directory, InstantSource clock) {
        this.apt = new AptCommand(sources, directory.resolve("state"), directory.resolve("cache"));
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Fetches packages, with all their dependencies that the host has not installed.
     *
     * @param recommended true also fetches the packages that they recommend
     * @return one file for each package
     * @throws ExtensionException {@code INVALID} when a name is invalid or apt fails, {@code CAPACITY} when the host's disk is full; the
     *     message has apt's errors
     */
    public List<Path> fetch(List<String> packages, boolean recommended) {
        packages.forEach(HostApt::requireName);
        try {
            PrivateDirectory.createAll(directory);
            try (var _ = AptLock.take(directory.resolve("lock"))) {
                apt.makeDirectories();
                removeOld();
                updateLists();
                var wanted = resolve(packages, recommended);
                download(wanted);
                return wanted.stream().map(this::file).toList();
            }
        } catch (IOException e) {
            throw new ExtensionException(
                    HostFailure.isDiskFull(e) ? Kind.CAPACITY : Kind.INVALID,
                    ExtensionException.Effect.NOT_APPLIED,
                    null,
                    "this host's apt: " + errors(HostFailure.text(e)),
                    e);
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw ExtensionException.notApplied(Kind.INVALID, "\"" + name + "\" is not the name of a package");
        }
    }

    private record PackageVersion(String name, String version, String architecture) {
        /** Returns the package as an argument of apt-get. */
        String argument() {
            return name + (architecture.equals("all") ? "" : ":" + architecture) + "=" + version;
        }
    }

    private List<PackageVersion> resolve(List<String> packages, boolean recommended) throws IOException {
        var arguments =
                new ArrayList<>(List.of("-qq", "-s", "-o", "APT::Install-Recommends=" + recommended, "install"));
        arguments.addAll(packages);
        return apt.run(arguments)
                .lines()
                .map(INSTALL_LINE::matcher)
                .filter(found -> found.matches())
                .map(found -> new PackageVersion(found.group(1), found.group(2), found.group(3)))
                .toList();
    }

    private void download(List<PackageVersion> wanted) throws IOException {
        var missing = wanted.stream()
                .filter(one -> !Files.exists(file(one)))
                .map(PackageVersion::argument)
                .toList();
        if (!missing.isEmpty()) {
            requireSmallEnough(run(List.of("-qq", "--print-uris", "download"), missing));
            run(List.of("-q", "download"), missing);
        }
        for (PackageVersion one : wanted) {
            Files.setLastModifiedTime(file(one), FileTime.from(clock.instant()));
        }
    }

    private String run(List<String> options, List<String> packages) throws IOException {
        var arguments = new ArrayList<>(options);
        arguments.addAll(packages);
        return apt.run(arguments);
    }

    private static void requireSmallEnough(String uris) throws IOException {
        var bytes = uris.lines()
                .map(URI_LINE::matcher)
                .filter(found -> found.matches())
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        if (bytes > MAX_BYTES) {
            throw new IOException("the packages have " + (bytes >> 20)
                    + " MiB, and at most 2048 MiB are fetched at once; ask for fewer packages");
        }
    }

    /** Returns the path where apt puts the package. */
    private Path file(PackageVersion wanted) {
        var version = wanted.version().replace("%", "%25").replace("_", "%5f").replace(":", "%3a");
        return apt.cache()
                .resolve(AptCommand.ARCHIVES)
                .resolve(wanted.name() + "_" + version + "_" + wanted.architecture() + ".deb");
    }

    /** Fetches the package lists again if they are old, or if the sources have changed. */
    private void updateLists() throws IOException {
        var stamp = directory.resolve("updated");
        var now = fingerprint();
        if (!Files.exists(stamp)
                || Files.getLastModifiedTime(stamp)
                        .toInstant()
                        .isBefore(clock.instant().minus(LISTS_KEPT_FOR))
                || !Files.readString(stamp).equals(now)) {
            var output = apt.run(List.of("-q", "update"));
            if (!INCOMPLETE.matcher(output).find()) { // without the stamp, the next fetch tries a missing list again
                Files.writeString(stamp, now);
                Files.setLastModifiedTime(stamp, FileTime.from(clock.instant()));
            }
        }
    }

    /** Returns a text that changes when the sources change. */
    private String fingerprint() throws IOException {
        try (var files = Files.walk(apt.sources())) {
            var texts = new ArrayList<String>();
            for (Path file : files.sorted().toList()) {
                texts.add(file + " " + Files.getLastModifiedTime(file));
            }
            return String.join("\n", texts);
        }
    }

    private void removeOld() throws IOException {
        var oldest = clock.instant().minus(PACKAGES_KEPT_FOR);
        try (var files = Files.list(apt.cache().resolve(AptCommand.ARCHIVES))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Instant used = Files.getLastModifiedTime(file).toInstant();
                if (used.isBefore(oldest)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Returns apt's error lines, joined; the whole text if it has none. */
    private static String errors(String text) {
        var errors = Objects.requireNonNullElse(text, "")
                .lines()
                .map(line -> line.substring(Math.max(0, line.indexOf("E: "))))
                .filter(line -> line.startsWith("E: "))
                .map(line -> line.substring(3))
                .collect(Collectors.joining("; "));
        return errors.isEmpty() ? text : errors;
    }
}
