package dev.sandboxer.local.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the name servers of this host. */
final class Resolvers {
    private static final String KEY = "nameserver";

    /** The C library asks no more than three. */
    private static final int MAX_COUNT = 3;

    private Resolvers() {}

    /**
     * Returns the IPv4 addresses in the first file that has a usable one. Loopback addresses are left out, because nothing listens on them
     * in a sandbox: if {@code /etc/resolv.conf} has only the address of systemd-resolved, the file of systemd-resolved has the real ones.
     */
    static List<InetAddress> in(List<Path> files) {
        return files.stream()
                .map(Resolvers::read)
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static List<InetAddress> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 1 && words[0].equals(KEY))
                    .flatMap(words -> address(words[1]))
                    .filter(address -> !address.isLoopbackAddress() && !address.isAnyLocalAddress())
                    .limit(MAX_COUNT)
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of(); // an unreadable file counts as empty
        }
    }

    private static Stream<InetAddress> address(String text) {
        try {
            return Stream.of(InetAddress.ofLiteral(text)).filter(Inet4Address.class::isInstance);
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }
}
