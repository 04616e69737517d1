package dev.sandboxer.jars;

import java.util.List;

/**
 * What an extension sees of us: the SDK with its support, and the two libraries that are in their signatures or take logs. All else
 * that we use is hidden, so that a jar may bring any version of any library.
 */
final class SharedClasses extends ClassLoader {
    /** A jar must not hold classes of these packages: ours are taken anyway. */
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
