package dev.sandboxer.local.packages;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the host's {@code apt-get} with its own package lists and cache, apart from the host's. apt-get sees the host's files read-only,
 * so none of its options, hooks or defects can change what the host has installed.
 *
 * @param sources directory mounted as {@code /etc/apt}
 * @param state directory mounted as {@code /var/lib/apt}
 * @param cache directory mounted as {@code /var/cache/apt}
 */
record AptCommand(Path sources, Path state, Path cache) {
    static final String ARCHIVES = "archives";

    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String CACHE = "/var/cache/apt";
    private static final String STATE = "/var/lib/apt";

    /** Configuration that disables the host's hooks. They would fail, because the host's files are read-only here. */
    private static final String NO_HOOKS = "no-hooks.conf";

    void makeDirectories() throws IOException {
        PrivateDirectory.createAll(state.resolve("lists/partial"));
        PrivateDirectory.createAll(cache.resolve(ARCHIVES).resolve("partial"));
        PrivateDirectory.createAll(cache.resolve("tmp"));
        Files.writeString(state.resolve(NO_HOOKS), """
                #clear APT::Update::Pre-Invoke;
                #clear APT::Update::Post-Invoke;
                #clear APT::Update::Post-Invoke-Success;
                """);
    }

    /**
     * Runs apt-get to its end.
     *
     * @param arguments arguments of apt-get
     * @return its standard output and standard error
     * @throws IOException when it fails; the message contains its output
     */
    String run(List<String> arguments) throws IOException {
        // waits for an apt-get that outlived a killed control plane: it still holds the flock
        var command = new ArrayList<>(List.of(
                program("flock", "util-linux"), "-F", state.resolve("running").toString()));
        command.addAll(List.of(program("timeout", "coreutils"), "-k", "10", seconds()));
        command.addAll(List.of(program("bwrap", "bubblewrap"), "--die-with-parent", "--new-session"));
        command.addAll(
                List.of("--unshare-pid", "--unshare-ipc", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"));
        command.addAll(List.of("--ro-bind", sources.toString(), "/etc/apt"));
        command.addAll(List.of("--bind", state.toString(), STATE, "--bind", cache.toString(), CACHE));
        command.addAll(List.of("--chdir", CACHE + "/" + ARCHIVES, "--", program("apt-get", "apt")));
        // apt-get can take neither the host's locks nor its user _apt in here, and needs neither
        command.addAll(List.of("-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=root"));
        command.addAll(List.of("-c", STATE + "/" + NO_HOOKS));
        command.addAll(arguments);
        return HostPrograms.run(command, Map.of("LC_ALL", "C", "TMPDIR", CACHE + "/tmp"), LIMIT, 0);
    }

    private static String seconds() {
        return Long.toString(LIMIT.toSeconds() - 1);
    }

    private static String program(String name, String debianPackage) {
        return HostPrograms.find(name)
                .map(Path::toString)
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "this host has no " + name + "; it is in the package " + debianPackage));
    }
}
