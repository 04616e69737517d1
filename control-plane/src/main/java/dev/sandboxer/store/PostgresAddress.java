package dev.sandboxer.store;

import dev.sandboxer.observe.Redactor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and how to get in. Its text never holds a secret.
 *
 * @param hosts tried in this order
 * @param user null = the name of the user this process runs as
 * @param password null = none, or one from {@code ~/.pgpass}
 * @param parameters more settings of the driver, by its own names
 */
record PostgresAddress(
        List<Host> hosts,
        String database,
        @Nullable String user,
        @Nullable String password,
        Map<String, String> parameters) {
    /** @param name a name or an address, without the brackets of IPv6 */
    record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    PostgresAddress {
        hosts = List.copyOf(hosts);
        parameters = Map.copyOf(parameters);
        // from here on no sink shows them
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

    /** For people: hosts and name, no more. */
    String location() {
        return "postgresql://" + hosts.stream().map(Host::toString).collect(Collectors.joining(",")) + "/" + database;
    }

    @Override
    public String toString() {
        return location();
    }
}
