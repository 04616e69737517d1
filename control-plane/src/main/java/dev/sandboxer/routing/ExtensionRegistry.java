package dev.sandboxer.routing;

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
import java.util.stream.Collectors;

/** The extensions of this installation: those on the class path and the jars in the home's {@code extensions} directory. */
public final class ExtensionRegistry implements KnownExtensions {
    private final Path home;
    private final String installation;
    private final InstantSource clock;
    private final Map<ExtensionId, Extension> extensions = new TreeMap<>();
    private List<RefusedJar> refused = List.of();

    /**
     * Loads what is on the class path and the jars in the home. A jar that can't be used is refused, and takes nobody else down.
     *
     * @param home below which each extension gets a directory of its own
     * @throws SandboxException {@code INVALID_CONFIG} when two extensions of the class path have the same id or one can't be loaded
     */
    public ExtensionRegistry(Path home, String installation, InstantSource clock) {
        this(home, installation, clock, ServiceLoader.load(Extension.class, ExtensionRegistry.class.getClassLoader()));
        var jars = ExtensionJars.load(home.resolve("extensions"), Set.copyOf(extensions.keySet()));
        jars.extensions().forEach(extension -> extensions.put(extension.id(), extension));
        refused = jars.refused();
    }

    /** To look at the extensions and this host only, where no database says which installation this is. */
    public ExtensionRegistry(Path home, InstantSource clock) {
        this(home, "none", clock);
    }

    /** With these extensions instead of those found on the class path and in the home. */
    public ExtensionRegistry(Path home, String installation, InstantSource clock, Iterable<Extension> found) {
        this.home = home;
        this.installation = installation;
        this.clock = clock;
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

    /** The jars in the home that can't be used, by name. */
    public List<RefusedJar> refused() {
        return refused;
    }

    public Optional<Extension> find(ExtensionId id) {
        return Optional.ofNullable(extensions.get(id));
    }

    /**
     * @throws SandboxException {@code UNKNOWN_EXTENSION}
     */
    @Override
    public Extension get(ExtensionId id) {
        return find(id).orElseThrow(() -> new SandboxException(
                ErrorCode.UNKNOWN_EXTENSION,
                "there is no extension " + id + "; there are " + extensions.keySet() + " (sandboxer extensions)"
                        + refused.stream().map(jar -> "; " + jar.text()).collect(Collectors.joining())));
    }

    /**
     * One of its accounts, which is not contacted yet.
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
        return new ExtensionContext(installation, home.resolve(id.value().substring("ext.".length())), clock);
    }
}
