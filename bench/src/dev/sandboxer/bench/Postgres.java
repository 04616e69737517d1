package dev.sandboxer.bench;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * The PostgreSQL server of the control plane's tests. It ends with this JVM and removes its files. Commits are durable, which is
 * PostgreSQL's default.
 */
final class Postgres {
    private Postgres() {}

    /**
     * Creates a database and returns its URL.
     *
     * @throws IOException when the class path lacks the server
     */
    static String database() throws Exception {
        try {
            var type = Class.forName("dev.sandboxer.testing.databases.PostgresServer");
            return (String) type.getMethod("empty").invoke(type.getMethod("get").invoke(null));
        } catch (ClassNotFoundException e) {
            throw new IOException("PostgreSQL's Maven artifact is missing; get it: scripts/mvn package");
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("PostgreSQL did not start", e.getCause());
        }
    }
}
