package dev.sandboxer.extension;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The environment of an extension: installation id, directory, clock and host settings.
 *
 * @param installation id of this installation, part of every {@link SandboxTag}
 * @param directory a directory for this extension alone, readable by no other user. The extension creates it when needed. Several processes
 *     may use it at once
 * @param clock the wall clock
 * @param reserve returns the currently configured reserve, which may change while the process runs
 * @param packages returns the directory, laid out like {@code /etc/apt}, that configures the package sources for sandboxes; empty =
 *     sandboxes get no packages from this host. The value may change while the process runs
 */
public record ExtensionContext(
        String installation,
        Path directory,
        InstantSource clock,
        Supplier<HostReserve> reserve,
        Supplier<Optional<Path>> packages) {
    /**
     * Creates a context without packages.
     *
     * @param installation id of this installation
     * @param directory a directory for this extension alone
     * @param clock the wall clock
     * @param reserve returns the currently configured reserve
     */
    public ExtensionContext(String installation, Path directory, InstantSource clock, Supplier<HostReserve> reserve) {
        this(installation, directory, clock, reserve, Optional::empty);
    }

    /**
     * Creates a context with {@link HostReserve#DEFAULT} and without packages.
     *
     * @param installation id of this installation
     * @param directory a directory for this extension alone
     * @param clock the wall clock
     */
    public ExtensionContext(String installation, Path directory, InstantSource clock) {
        this(installation, directory, clock, () -> HostReserve.DEFAULT);
    }
}
