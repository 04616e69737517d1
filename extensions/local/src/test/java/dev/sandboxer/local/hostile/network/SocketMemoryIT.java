package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.hostile.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The buffers of a sandbox's sockets are limited, although version 1 control groups don't count them as its memory. */
@Timeout(90)
class SocketMemoryIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    /** Fills the buffers of 200 connections to itself, made as large as possible, and prints the number of sent bytes. */
    private static final String HOARD = """
            import socket, sys
            kind = socket.SOCK_STREAM if sys.argv[1] == 'tcp' else socket.SOCK_DGRAM
            kept, sent = [], 0
            for _ in range(200):
                one = socket.socket(socket.AF_INET, kind)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
                one.bind(('127.0.0.1', 0))
                other = socket.socket(socket.AF_INET, kind)
                other.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 23)
                if sys.argv[1] == 'tcp':
                    one.listen(1)
                other.connect(one.getsockname())
                kept += [one, other] + ([one.accept()[0]] if sys.argv[1] == 'tcp' else [])
                other.setblocking(False)
                try:
                    for _ in range(200):
                        sent += other.send(b'x' * 60000)
                except OSError:
                    pass
            print(sent)
            """;

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void socket_buffers_are_limited(String kind) throws IOException {
        var victim = LAB.fresh();
        assumeTrue(victim.sh("command -v python3").status() == 0, "needs Python on this host");
        var group = new SandboxFolder(LAB.folder(victim))
                .request()
                .orElseThrow()
                .cgroups()
                .with("memory")
                .orElseThrow();
        victim.write("/tmp/hoard.py", HOARD);

        var sent = Long.parseLong(victim.sh("python3 /tmp/hoard.py " + kind).text());

        if (group.unified()) {
            assertThat(number(group.path(), "memory.peak")).isLessThanOrEqualTo(number(group.path(), "memory.max"));
            return;
        }
        var limit = number(group.path(), "memory.kmem.tcp.limit_in_bytes");
        assertThat(limit).isEqualTo(number(group.path(), "memory.limit_in_bytes") / 8);
        assertThat(number(group.path(), "memory.kmem.tcp.max_usage_in_bytes"))
                .as("close to the limit")
                .isBetween(limit * 3 / 4, limit * 3 / 2);
        if (kind.equals("tcp")) {
            assertThat(sent).isLessThan(2 * limit);
        }
        assertThat(victim.sh("echo alive").text()).isEqualTo("alive");
    }

    private static long number(Path group, String file) throws IOException {
        return Long.parseLong(Files.readString(group.resolve(file)).strip());
    }
}
