package dev.sandboxer.jars;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.observe.ForeignCode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarFile;

/** Checks one jar file and loads the extensions in it. */
final class ExtensionJar {
    private static final String SERVICE = "META-INF/services/" + Extension.class.getName();
    private static final int MAX_SERVICE_BYTES = 64 << 10;
    private static final String REMEDY = "; replace or remove it";

    private final Path directory;
    private final Path path;
    private final ClassLoader shared;
    private final Duration limit;

    /** @param limit how long an extension's constructor and its description may take together */
    ExtensionJar(Path directory, Path path, ClassLoader shared, Duration limit) {
        this.directory = directory;
        this.path = path;
        this.shared = shared;
        this.limit = limit;
    }

    /** Loads the jar's extensions and reads their descriptions. A refused jar is closed. */
    List<Extension> load() throws RefusedException {
        TrustedFile.checkJar(directory, path);
        try {
            var loader = new JarClassLoader(path, shared);
            try {
                return load(loader);
            } catch (RefusedException e) {
                loader.jar().close();
                throw e;
            }
        } catch (IOException e) {
            throw new RefusedException("it can't be read: " + e.getMessage() + REMEDY);
        }
    }

    private List<Extension> load(JarClassLoader loader) throws RefusedException, IOException {
        refuseOurClasses(loader.jar());
        var extensions = new ArrayList<Extension>();
        for (String name : serviceClasses(loader.jar())) {
            extensions.add(instance(name, loader));
        }
        return extensions;
    }

    private static void refuseOurClasses(JarFile jar) throws RefusedException {
        var ours = SharedClasses.SDK.replace('.', '/');
        var copy = jar.stream()
                .filter(entry ->
                        entry.getName().startsWith(ours) && entry.getName().endsWith(".class"))
                .findFirst();
        if (copy.isPresent()) {
            throw new RefusedException("it contains classes of sandboxer itself, such as "
                    + copy.get().getName() + "; leave the SDK and extension-support out of the jar (scope provided)");
        }
    }

    private static List<String> serviceClasses(JarFile jar) throws RefusedException, IOException {
        var entry = jar.getJarEntry(SERVICE);
        if (entry == null) {
            throw new RefusedException("it has no " + SERVICE + ", which names the extension's class");
        }
        try (var content = jar.getInputStream(entry)) {
            var bytes = content.readNBytes(MAX_SERVICE_BYTES + 1);
            if (bytes.length > MAX_SERVICE_BYTES) {
                throw new RefusedException(SERVICE + " has more than " + (MAX_SERVICE_BYTES >> 10) + " KiB");
            }
            var names = new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .distinct()
                    .toList();
            if (names.isEmpty()) {
                throw new RefusedException(SERVICE + " names no class");
            }
            return names;
        }
    }

    private Extension instance(String name, ClassLoader loader) throws RefusedException {
        try {
            return ForeignCode.call("extension " + name, limit, loader, () -> described(name, loader));
        } catch (ExecutionException e) {
            throw new RefusedException(reason(name, Objects.requireNonNull(e.getCause())) + REMEDY);
        } catch (TimeoutException e) {
            throw new RefusedException(name + " takes longer than " + limit.toSeconds()
                    + " s to be created and to describe itself" + REMEDY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("loading it was interrupted");
        }
    }

    private static Extension described(String name, ClassLoader loader) throws ReflectiveOperationException {
        var type = Class.forName(name, true, loader);
        if (!Extension.class.isAssignableFrom(type)) {
            throw new ClassCastException(name + " does not implement " + Extension.class.getName());
        }
        return new GuardedExtension((Extension) type.getConstructor().newInstance());
    }

    /** Returns what went wrong, in words for the author of the jar. */
    private static String reason(String name, Throwable failure) {
        return switch (failure) {
            case InvocationTargetException e -> reason(name, Objects.requireNonNullElse(e.getCause(), e));
            case ExceptionInInitializerError e when e.getCause() != null -> reason(name, e.getCause());
            case UnsupportedClassVersionError e ->
                name + " was built for a newer Java than " + Runtime.version().feature() + ": " + e.getMessage();
            case ClassNotFoundException e ->
                name.equals(e.getMessage())
                        ? SERVICE + " names " + name + ", which is not in the jar"
                        : needs(name, String.valueOf(e.getMessage()));
            case NoClassDefFoundError e ->
                needs(name, String.valueOf(e.getMessage()).replace('/', '.'));
            case NoSuchMethodException _ -> name + " has no public constructor without arguments";
            case IllegalAccessException _ -> name + " or its constructor is not public";
            case InstantiationException _ -> name + " is abstract";
            case NoSuchMethodError e -> name + " was built against another version of the SDK: " + e.getMessage();
            case AbstractMethodError e -> name + " was built against another version of the SDK: " + e.getMessage();
            default -> name + " failed: " + failure;
        };
    }

    private static String needs(String name, String missing) {
        return name + " needs " + missing
                + ", which is neither in the jar nor in the SDK; pack its dependencies into the jar";
    }
}
