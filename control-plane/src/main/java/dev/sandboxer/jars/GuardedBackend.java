package dev.sandboxer.jars;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Pausing;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a third party's backend and implements the same SDK interfaces. A defect in the backend, such as a NullPointerException or
 * a missing class, becomes a failure of kind {@code INTERNAL} and effect {@code UNKNOWN}, because nobody knows what the call did.
 */
final class GuardedBackend implements InvocationHandler {
    /** The packages of the SDK whose interfaces a backend implements. */
    private static final Set<Package> CONTRACT = Set.of(Backend.class.getPackage(), Pausing.class.getPackage());

    private final Backend backend;

    private GuardedBackend(Backend backend) {
        this.backend = backend;
    }

    static Backend of(Backend backend) {
        var interfaces = new LinkedHashSet<Class<?>>();
        collect(backend.getClass(), interfaces);
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), interfaces.toArray(Class<?>[]::new), new GuardedBackend(backend));
    }

    /** Collects the interfaces of the SDK; the extension's own stay private to it. */
    private static void collect(@Nullable Class<?> type, Set<Class<?>> found) {
        if (type == null) {
            return;
        }
        if (type.isInterface() && CONTRACT.contains(type.getPackage())) {
            found.add(type);
        }
        collect(type.getSuperclass(), found);
        Arrays.stream(type.getInterfaces()).forEach(one -> collect(one, found));
    }

    static String defect(String where, Throwable defect) {
        return "a defect in " + where + ": " + defect;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a proxy equals only itself
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> backend.toString();
            };
        }
        try {
            var result = method.invoke(backend, arguments);
            return method.getReturnType() == void.class
                    ? null
                    : Objects.requireNonNull(result, method.getName() + "() is null");
        } catch (InvocationTargetException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case ExtensionException failure -> throw failure;
                case RuntimeException defect -> throw failure(method, defect);
                case LinkageError defect -> throw failure(method, defect);
                case StackOverflowError defect -> throw failure(method, defect);
                case Throwable other -> throw other;
            }
        } catch (NullPointerException e) {
            throw failure(method, e);
        }
    }

    private static ExtensionException failure(Method method, Throwable defect) {
        return ExtensionException.unknown(Kind.INTERNAL, defect(method.getName() + "()", defect), defect);
    }
}
