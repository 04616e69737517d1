package dev.sandboxer.store;

import dev.sandboxer.observe.Redactor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address of a PostgreSQL database, with user and password. {@link #toString} contains no secret.
 *
 * @param hosts tried in this order
 * @param user null = the user that this process runs as
 * @param password null = none, or one from {@code ~/.pgpass}
 * @param parameters other settings of the driver, by the driver's names
 */
record PostgresAddress(
        List<Host> hosts,
        String database,
        @Nullable String user,
        @Nullable String password,
        Map<String, String> parameters) {
    /** @param name a host name or an IP address, without the brackets of IPv6 */
    record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    PostgresAddress {
        hosts = List.copyOf(hosts);
        parameters = Map.copyOf(parameters);
        // from now on the redactor hides all secrets
        if (password != null) {
            Redactor.know(List.of(password));
        }
        Redactor.know(parameters.entrySet().stream()
                .filter(parameter -> parameter.getKey().contains("assword"))
                .map(Map.Entry::getValue)
                .toList());
    }

    PostgresAddress withPassword(String other) {
        return new PostgresAddress(hosts, database, user, other, parameters);
    }

    /** Returns the hosts and the name of the database, for people. */
    String location() {
        return "postgresql://" + hosts.stream().map(Host::toString).collect(Collectors.joining(",")) + "/" + database;
    }

    @Override
    public String toString() {
        return location();
    }
}
