package dev.sandboxer.jars;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Loads the classes of one jar on top of {@link SharedClasses}. Ignores the class path in the jar's manifest. */
final class JarClassLoader extends ClassLoader {
    private static final int MAX_CLASS_BYTES = 16 << 20;

    static {
        registerAsParallelCapable();
    }

    private final Path path;
    private final JarFile jar;
    private final ProtectionDomain domain;

    JarClassLoader(Path path, ClassLoader shared) throws IOException {
        super(path.getFileName().toString(), shared);
        this.path = path;
        this.jar = new JarFile(new File(path.toUri()), true, ZipFile.OPEN_READ, JarFile.runtimeVersion());
        var source = new CodeSource(path.toUri().toURL(), (CodeSigner[]) null);
        this.domain = new ProtectionDomain(source, null, this, null);
    }

    JarFile jar() {
        return jar;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        var entry = jar.getJarEntry(name.replace('.', '/') + ".class");
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        var classFile = read(name, entry);
        var call = ForbiddenCalls.find(classFile);
        if (call.isPresent()) {
            throw new LinkageError(name + " calls " + call.get()
                    + ", which would end sandboxer; an extension reports a failure with ExtensionException");
        }
        return defineClass(name, classFile, 0, classFile.length, domain);
    }

    private byte[] read(String name, JarEntry entry) {
        try (var content = jar.getInputStream(entry)) {
            var bytes = content.readNBytes(MAX_CLASS_BYTES + 1);
            if (bytes.length > MAX_CLASS_BYTES) {
                throw new LinkageError(name + " has more than " + (MAX_CLASS_BYTES >> 20) + " MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new LinkageError(name + " can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    protected @Nullable URL findResource(String name) {
        var entry = jar.getJarEntry(name);
        if (entry == null) {
            return null;
        }
        try {
            var file = new URI("jar", path.toUri() + "!/" + entry.getRealName(), null);
            return file.toURL();
        } catch (URISyntaxException | MalformedURLException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        var found = findResource(name);
        return Collections.enumeration(found == null ? List.of() : List.of(found));
    }
}
