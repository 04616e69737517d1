package dev.sandboxer.jars;

import java.util.List;

/**
 * The classes of sand-boxer that an extension sees: the SDK with its support, JSpecify and SLF4J. All other libraries of sand-boxer are
 * hidden, so a jar may bring any version of any library.
 */
final class SharedClasses extends ClassLoader {
    /** A jar must not contain classes of these packages, because ours would be loaded instead. */
    static final String SDK = "dev.sandboxer.extension.";

    private static final List<String> PACKAGES = List.of(SDK, "org.jspecify.annotations.", "org.slf4j.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader ours;

    SharedClasses(ClassLoader ours) {
        super(ClassLoader.getPlatformClassLoader());
        this.ours = ours;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (PACKAGES.stream().noneMatch(name::startsWith)) {
            throw new ClassNotFoundException(name);
        }
        return ours.loadClass(name);
    }
}
