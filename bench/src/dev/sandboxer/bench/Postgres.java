package dev.sandboxer.bench;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * The PostgreSQL of the control plane's tests, which ends with this JVM and removes its files. It writes to the disk before a
 * commit returns, as PostgreSQL does unless somebody tells it otherwise.
 */
final class Postgres {
    private Postgres() {}

    /**
     * The URL of a new database.
     *
     * @throws IOException when the class path lacks the server
     */
    static String database() throws Exception {
        try {
            var type = Class.forName("dev.sandboxer.testing.PostgresServer");
            return (String) type.getMethod("empty").invoke(type.getMethod("get").invoke(null));
        } catch (ClassNotFoundException e) {
            throw new IOException("its Maven artifact is not here; scripts/mvn package gets it");
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("PostgreSQL does not start", e.getCause());
        }
    }
}
