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
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.jar.JarFile;

/** The extensions of this installation: those on the class path and the jars in the home's {@code extensions} directory. */
public final class ExtensionRegistry implements KnownExtensions {
    private final Path home;
    private final String installation;
    private final InstantSource clock;
    private final Map<ExtensionId, Extension> extensions = new TreeMap<>();

    /**
     * @param home below which each extension gets a directory of its own
     * @throws SandboxException {@code INVALID_CONFIG} when two extensions have the same id or a jar can't be loaded
     */
    public ExtensionRegistry(Path home, String installation, InstantSource clock) {
        this(home, installation, clock, ServiceLoader.load(Extension.class, loader(jars(home))));
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
                            ErrorCode.INVALID_CONFIG,
                            "two extensions are called " + extension.id() + "; remove one from " + jars(home));
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new SandboxException(
                    ErrorCode.INVALID_CONFIG,
                    "an extension in " + jars(home) + " can't be loaded: " + e.getMessage(),
                    e);
        }
    }

    private static Path jars(Path home) {
        return home.resolve("extensions");
    }

    private static ClassLoader loader(Path jars) {
        var own = ExtensionRegistry.class.getClassLoader();
        if (!Files.isDirectory(jars)) {
            return own;
        }
        var urls = new ArrayList<URL>();
        try (var found = Files.newDirectoryStream(jars, "*.jar")) {
            for (Path jar : found) {
                urls.add(url(jar));
            }
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.INVALID_CONFIG, "can't read " + jars + ": " + e.getMessage(), e);
        }
        return urls.isEmpty() ? own : new URLClassLoader(urls.toArray(URL[]::new), own);
    }

    /** A class loader would pass over a jar that it can't read. */
    private static URL url(Path jar) {
        try (var _ = new JarFile(jar.toFile())) {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_CONFIG,
                    "the extension " + jar + " can't be read: " + e.getMessage() + "; replace or remove it",
                    e);
        }
    }

    public Collection<Extension> all() {
        return extensions.values();
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
                "there is no extension " + id + "; there are " + extensions.keySet() + " (sandboxer extensions)"));
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
