package dev.sandboxer.local.network;

import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds this host's own IPv4 addresses. */
final class HostAddresses {
    /** The kernel's routes. Each address has its own line; the lines after it describe the routes to that address. */
    private static final Path ROUTES = Path.of("/proc/net/fib_trie");

    private static final String ADDRESS = "|-- ";

    private HostAddresses() {}

    /** Returns the addresses of this process's network namespace: those of its interfaces, and ranges routed to the host itself. */
    static List<Cidr> read() throws IOException {
        return parse(Files.readAllLines(ROUTES));
    }

    static List<Cidr> parse(List<String> routes) {
        var found = new ArrayList<Cidr>();
        var address = "";
        for (String line : routes) {
            var text = line.strip();
            if (text.startsWith(ADDRESS)) {
                address = text.substring(ADDRESS.length());
            } else if (text.startsWith("/") && (text.endsWith(" LOCAL") || text.endsWith(" BROADCAST"))) {
                found.add(Cidr.parse(address + text.substring(0, text.indexOf(' '))));
            }
        }
        return found.stream().distinct().toList();
    }
}
