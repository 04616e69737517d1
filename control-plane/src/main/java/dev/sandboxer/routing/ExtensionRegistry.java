package dev.sandboxer.routing;

import dev.sandboxer.config.HomePermissions;
import dev.sandboxer.credentials.KnownExtensions;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.jars.ExtensionJars;
import dev.sandboxer.jars.RefusedJar;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The extensions of this installation: those on the class path and the jars in the home's {@code extensions} directory. */
public final class ExtensionRegistry implements KnownExtensions {
    private final Path home;
    private final String installation;
    private final InstantSource clock;
    private final Supplier<HostReserve> reserve;
    private final Supplier<Optional<Path>> packages;
    private final Map<ExtensionId, Extension> extensions = new TreeMap<>();
    private List<RefusedJar> refused = List.of();

    /**
     * Loads the extensions on the class path and the jars in the home. An unusable jar is refused without affecting the others.
     *
     * @param home the home, where each extension gets a directory of its own
     * @param reserve the resources that sandboxes leave to this host
     * @param packages the directory that names the sources of packages for sandboxes, see {@link ExtensionContext}
     * @throws SandboxException {@code INVALID_CONFIG} if two extensions on the class path have the same id or one can't be loaded
     */
    public ExtensionRegistry(
            Path home,
            String installation,
            InstantSource clock,
            Supplier<HostReserve> reserve,
            Supplier<Optional<Path>> packages) {
        this(
                home,
                installation,
                clock,
                reserve,
                packages,
                ServiceLoader.load(Extension.class, ExtensionRegistry.class.getClassLoader()));
        var jars = ExtensionJars.load(home.resolve("extensions"), Set.copyOf(extensions.keySet()));
        jars.extensions().forEach(extension -> extensions.put(extension.id(), extension));
        refused = jars.refused();
    }

    /** Creates a registry without sources of packages. */
    public ExtensionRegistry(Path home, String installation, InstantSource clock, Supplier<HostReserve> reserve) {
        this(home, installation, clock, reserve, Optional::empty);
    }

    /** Creates a registry without a database and thus without an installation id, to inspect the extensions and this host. */
    public ExtensionRegistry(Path home, InstantSource clock, Supplier<HostReserve> reserve) {
        this(home, "none", clock, reserve);
    }

    /** Creates a registry of the given extensions only. */
    public ExtensionRegistry(Path home, String installation, InstantSource clock, Iterable<Extension> found) {
        this(home, installation, clock, () -> HostReserve.DEFAULT, Optional::empty, found);
    }

    private ExtensionRegistry(
            Path home,
            String installation,
            InstantSource clock,
            Supplier<HostReserve> reserve,
            Supplier<Optional<Path>> packages,
            Iterable<Extension> found) {
        this.home = home;
        this.installation = installation;
        this.clock = clock;
        this.reserve = reserve;
        this.packages = packages;
        try {
            for (Extension extension : found) {
                if (extensions.putIfAbsent(extension.id(), extension) != null) {
                    throw new SandboxException(
                            ErrorCode.INVALID_CONFIG, "two extensions are called " + extension.id() + "; remove one");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new SandboxException(ErrorCode.INVALID_CONFIG, "an extension can't be loaded: " + e.getMessage(), e);
        }
    }

    public Collection<Extension> all() {
        return extensions.values();
    }

    /** Returns the unusable jars in the home by name. */
    public List<RefusedJar> refused() {
        return refused;
    }

    public Optional<Extension> find(ExtensionId id) {
        return Optional.ofNullable(extensions.get(id));
    }

    /**
     * Returns the extension with this id.
     *
     * @throws SandboxException {@code UNKNOWN_EXTENSION}
     */
    @Override
    public Extension get(ExtensionId id) {
        return find(id).orElseThrow(() -> new SandboxException(
                ErrorCode.UNKNOWN_EXTENSION,
                "extension " + id + " not found; this installation has " + extensions.keySet()
                        + refused.stream().map(jar -> "; " + jar.text()).collect(Collectors.joining())));
    }

    /**
     * Opens an account of the extension, without contacting the backend.
     *
     * @throws SandboxException {@code CREDENTIAL_INVALID}
     */
    Backend open(Extension extension, Credential credential) {
        try {
            return extension.open(context(extension.id()), credential);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.CREDENTIAL) {
                throw new SandboxException(
                        ErrorCode.CREDENTIAL_INVALID, "a credential for " + extension.id() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    @Override
    public void checkForm(Extension extension, Credential credential) {
        open(extension, credential).close();
    }

    public ExtensionContext context(ExtensionId id) {
        var directory = home.resolve(id.value().substring("ext.".length()));
        HomePermissions.restrictFile(directory);
        return new ExtensionContext(installation, directory, clock, reserve, packages);
    }
}
