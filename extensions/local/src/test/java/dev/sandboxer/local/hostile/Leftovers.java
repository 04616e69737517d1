package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.SandboxTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds everything that the sandboxes of one installation have on the host. Asks the kernel, not the extension's records.
 *
 * @param installation part of the name of each control group and directory
 * @param sandboxes the directory with the folders of all sandboxes
 */
public record Leftovers(String installation, Path sandboxes) {
    /** Returns everything that exists now: processes, control groups, loop devices, mounts, directories. */
    public List<String> find() {
        var found = new ArrayList<String>();
        found.addAll(processes());
        found.addAll(groups(installation + "-"));
        found.addAll(loopDevices());
        found.addAll(mounts());
        found.addAll(directories());
        return found;
    }

    public void assertNone() {
        assertThat(find()).as("left on the host").isEmpty();
    }

    /** Returns the {@code /proc} directories of all processes in the control groups of this installation. */
    public List<String> processes() {
        return processes("/sandboxer-" + installation + "-");
    }

    public List<String> processesOf(SandboxTag sandbox) {
        return processes("/sandboxer-" + sandbox);
    }

    private static List<String> processes(String group) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> !lines(path.resolve("cgroup"), group).isEmpty())
                    .map(Path::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directories of the sandbox's control groups. */
    public List<String> groupsOf(SandboxTag sandbox) {
        return groups(sandbox.toString());
    }

    private static List<String> groups(String name) {
        var found = new ArrayList<String>();
        for (String line : lines(Path.of("/proc/self/mountinfo"), " - cgroup")) {
            var mount = Path.of(line.split(" ")[4]);
            try (Stream<Path> tree = Files.find(mount, 5, (path, _) -> isGroup(path, name))) {
                tree.map(Path::toString).forEach(found::add);
            } catch (IOException | UncheckedIOException e) {
                // another group was removed meanwhile
            }
        }
        return found;
    }

    private static boolean isGroup(Path path, String name) {
        return path.getFileName().toString().startsWith("sandboxer-" + name);
    }

    /** Returns the mounts in this namespace. Mounts in a sandbox's own namespace end with its processes. */
    public List<String> mounts() {
        return lines(Path.of("/proc/self/mountinfo"), sandboxes.toString());
    }

    public List<String> loopDevices() {
        var found = new ArrayList<String>();
        try (var devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path device : devices) {
                found.addAll(lines(device.resolve("loop/backing_file"), sandboxes.toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private List<String> directories() {
        try (Stream<Path> all = Files.list(sandboxes)) {
            return all.filter(path -> path.getFileName().toString().startsWith(installation + "-"))
                    .map(Path::toString)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<String> lines(Path file, String part) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.contains(part)).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
