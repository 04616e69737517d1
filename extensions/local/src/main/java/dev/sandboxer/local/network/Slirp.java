package dev.sandboxer.local.network;

import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import dev.sandboxer.local.host.HostPrograms;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Connects the sandboxes of a plain user through slirp4netns, which turns their packets into connections of that user.
 *
 * @param program path of the executable
 */
record Slirp(Path program) {
    static final String NAME = "slirp4netns";

    /** The address of its name server, which passes lookups on to the host's. It lies in the range that the launcher chooses. */
    static final InetAddress RESOLVER = InetAddress.ofLiteral("198.18.0.3");

    /** Ranges that no rule can open: the host's loopback, slirp4netns itself, and addresses that do not stand for a single machine. */
    static final List<Cidr> CLOSED = List.of(
            Cidr.parse("0.0.0.0/8"), Cidr.parse("127.0.0.0/8"), Cidr.parse("198.18.0.0/15"), Cidr.parse("224.0.0.0/3"));

    private static final Path TUN = Path.of("/dev/net/tun");

    static Optional<Path> find() {
        return HostPrograms.find(NAME);
    }

    /** Returns true if this user may create the tap interface that slirp4netns serves. */
    static boolean mayMakeInterface() {
        return Files.isReadable(TUN) && Files.isWritable(TUN);
    }
}
