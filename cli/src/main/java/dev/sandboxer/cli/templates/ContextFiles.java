package dev.sandboxer.cli.templates;

import dev.sandboxer.templates.BuildFiles;
import dev.sandboxer.templates.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The files of a build: those of a local directory, except for those that its {@code .dockerignore} excludes. */
final class ContextFiles implements BuildFiles {
    private static final Pattern GLOB = Pattern.compile("[*?\\[]");
    private static final int MAX_TAR_MINUTES = 10;

    private final Path context;
    private final List<Rule> ignored;

    /**
     * A line of {@code .dockerignore}.
     *
     * @param matches patterns of a path; one has to match
     * @param exception true = a rule with {@code !}, which keeps the files that match
     */
    private record Rule(List<PathMatcher> matches, boolean exception) {}

    ContextFiles(Path context) throws IOException {
        this.context = context.toRealPath();
        this.ignored = rules();
    }

    private List<Rule> rules() throws IOException {
        var file = context.resolve(".dockerignore");
        var rules = new ArrayList<Rule>();
        if (Files.exists(file)) {
            for (String raw : Files.readAllLines(file)) {
                var line = raw.strip();
                if (!line.isEmpty() && !line.startsWith("#")) {
                    var exception = line.startsWith("!");
                    var pattern = (exception ? line.substring(1) : line).replaceAll("^/+|/+$", "");
                    rules.add(new Rule(List.of(glob(pattern), glob(pattern + "/**")), exception));
                    if (pattern.startsWith("**/")) {
                        var below = pattern.substring(3);
                        rules.add(new Rule(List.of(glob(below), glob(below + "/**")), exception));
                    }
                }
            }
        }
        return rules;
    }

    private PathMatcher glob(String pattern) {
        return context.getFileSystem().getPathMatcher("glob:" + pattern);
    }

    private boolean isIgnored(Path relative) {
        var is = false;
        for (var rule : ignored) {
            if (rule.matches().stream().anyMatch(matcher -> matcher.matches(relative))) {
                is = !rule.exception();
            }
        }
        return is;
    }

    /** Returns a digest of the files' names, permissions and contents, but not of their times. */
    @Override
    public String digest(Step.Copy step) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (Path path : paths(step)) {
                var file = context.resolve(path);
                var attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                digest.update((path + "\0" + attributes.permissions() + "\0" + attributes.size() + "\0")
                        .getBytes(StandardCharsets.UTF_8));
                if (attributes.isSymbolicLink()) {
                    digest.update(Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8));
                } else if (attributes.isRegularFile()) {
                    try (var content = new DigestInputStream(Files.newInputStream(file), digest)) {
                        content.transferTo(OutputStream.nullOutputStream());
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public InputStream open(Step.Copy step) throws IOException {
        return tar(paths(step));
    }

    private List<Path> paths(Step.Copy step) throws IOException {
        var paths = new ArrayList<Path>();
        for (Path root : roots(step.source())) {
            collect(root, paths);
        }
        if (paths.isEmpty()) {
            throw new IOException("there is no " + step.source() + " in " + context);
        }
        return paths;
    }

    private List<Path> roots(String source) throws IOException {
        var relative = source.replaceFirst("^/+", "");
        if (!GLOB.matcher(relative).find()) {
            var path = context.resolve(relative).normalize();
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("there is no " + source + " in " + context);
            }
            if (!path.startsWith(context) || !path.toRealPath().startsWith(context)) {
                throw new IOException(source + " is outside of " + context);
            }
            return List.of(path);
        }
        var matcher = glob(relative);
        try (var all = Files.walk(context, Path.of(relative).getNameCount())) {
            return all.filter(path -> !path.equals(context) && matcher.matches(context.relativize(path)))
                    .sorted()
                    .toList();
        }
    }

    private void collect(Path root, List<Path> paths) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!directory.equals(context)) {
                    add(directory);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                add(file);
                return FileVisitResult.CONTINUE;
            }

            private void add(Path path) {
                var relative = context.relativize(path);
                if (!isIgnored(relative)) {
                    paths.add(relative);
                }
            }
        });
    }

    /** Packs the files with the host's tar, which can handle every kind of file and name. */
    private InputStream tar(List<Path> paths) throws IOException {
        var archive = Files.createTempFile("sandboxer", ".tar");
        var list = Files.createTempFile("sandboxer", ".list");
        try {
            Files.writeString(
                    list, String.join("\0", paths.stream().map(Path::toString).toList()));
            var process = new ProcessBuilder(
                            "tar",
                            "-c",
                            "--no-recursion",
                            "--null",
                            "--verbatim-files-from",
                            "-T",
                            list.toString(),
                            "-f",
                            archive.toString())
                    .directory(context.toFile())
                    .redirectErrorStream(true)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(MAX_TAR_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                throw new IOException("tar failed: " + output.strip());
            }
            return Files.newInputStream(archive, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (InterruptedException e) {
            Files.delete(archive);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            Files.deleteIfExists(archive);
            throw e;
        } finally {
            Files.delete(list);
        }
    }
}
