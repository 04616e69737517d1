package dev.sandboxer.cli.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sandboxes of a user who is not root can connect only to what their rules allow, whatever they try. */
@Timeout(300)
class PlainNetworkIT {
    private static final String SLIRP = "slirp4netns";

    private static PlainHost host;

    @BeforeAll
    static void make_a_host() throws IOException, InterruptedException {
        host = new PlainHost();
    }

    @AfterAll
    static void end_it() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @AfterEach
    void nothing_is_left() {
        host.cli().run("destroy", "--all");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> PlainHost.processes(SLIRP).isEmpty());
    }

    @Test
    void allowing_all_opens_the_internet_but_no_private_network() {
        var id = host.cli().create("--network", "all");
        assertReached(id, "tcp=1.1.1.1:80", "tcp=9.9.9.9:443", "udp=9.9.9.9:9000", "tcp6=::ffff:9.9.9.9:8080");
        assertReached(id, "big=9.9.9.9:9000", "tcp=1.1.1.1:8080");
        assertThat(host.sh(id, "getent ahostsv4 example.com | head -1 | cut -d' ' -f1")
                        .line())
                .isEqualTo("1.1.1.1");
        assertRefused(
                id,
                "tcp=10.66.0.1:80",
                "udp=10.66.0.1:53",
                "tcp=10.66.0.1:53",
                "tcp=192.168.7.7:8080",
                "tcp=100.64.0.1:8080",
                "tcp=169.254.169.254:80",
                "tcp6=::ffff:169.254.169.254:80",
                "big=10.66.0.1:9000",
                "udp=224.0.0.1:9000",
                "udp=255.255.255.255:9000");
    }

    @Test
    void allowing_every_address_opens_the_internet_and_no_private_network() {
        var id = host.cli().create("--allow", "0.0.0.0/0");
        assertReached(id, "tcp=1.1.1.1:80");
        assertRefused(id, "tcp=10.66.0.1:80", "tcp=169.254.169.254:80");
    }

    @Test
    void the_bytes_of_a_sandbox_are_counted_while_it_runs_and_after_its_end() {
        var id = host.cli().create("--network", "all");
        var before = received();
        assertReached(id, "tcp=1.1.1.1:80");
        var counted = received();
        assertThat(counted).isGreaterThan(before);
        host.cli().run("destroy", id);
        assertThat(received()).isGreaterThanOrEqualTo(counted);
    }

    /** Returns the GiB that all sandboxes of this host have received. */
    private static BigDecimal received() {
        return Pattern.compile("\"networkInGiB\"\\s*:\\s*([0-9.E-]+)")
                .matcher(host.cli().run("usage", "--format", "json").out())
                .results()
                .map(found -> new BigDecimal(found.group(1)))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void the_host_cannot_be_called_at_its_addresses_or_through_slirp4netns() {
        var id = host.cli().create("--network", "all", "--allow", "127.0.0.1", "--allow", "198.18.0.2");
        assertThat(host.onHost("python3", "-c", CONNECT, "127.0.0.1")).isEqualTo("reached");
        assertThat(host.onHost("python3", "-c", CONNECT, PlainHost.ADDRESS)).isEqualTo("reached");
        for (String address :
                List.of(PlainHost.ADDRESS, "198.18.0.2", "198.18.0.3", "10.0.2.2", "127.0.0.1", "0.0.0.0")) {
            assertRefused(id, "tcp=" + address + ":8080", "tcp=" + address + ":80", "udp=" + address + ":9000");
            assertRefused(id, "bound=" + address + ":8080", "mark=" + address + ":8080");
        }
        assertRefused(id, "bound=127.0.0.2:8080", "tcp=198.18.0.255:8080", "udp=198.18.0.2:69", "udp=198.18.0.2:67");
    }

    @Test
    void a_new_address_of_the_host_is_denied_after_the_next_change_of_rules() {
        host.onHost("ip", "address", "add", "203.0.113.77/32", "dev", "lo");
        try {
            var id = host.cli().create("--network", "all");
            assertRefused(id, "tcp=203.0.113.77:8080");
            host.onHost("ip", "address", "add", "203.0.113.78/32", "dev", "lo");
            change(id, "--network", "all");
            assertRefused(id, "tcp=203.0.113.78:8080");
        } finally {
            host.onHost("ip", "address", "del", "203.0.113.77/32", "dev", "lo");
            host.onHost("ip", "address", "del", "203.0.113.78/32", "dev", "lo");
        }
    }

    @Test
    void sandboxes_do_not_reach_each_other_and_the_host_does_not_reach_them() throws InterruptedException {
        var one = host.cli().create("--network", "all", "--allow", "198.18.0.0/15");
        var other = host.cli().create("--network", "all", "--allow", "198.18.0.0/15");
        var server =
                "python3 -c \"import socket; s = socket.create_server(('0.0.0.0', 7777)); [s.accept()[0].send(b'x') "
                        + "for _ in iter(int, 1)]\" >/dev/null 2>&1 &";
        host.sh(other, server + " sleep 1");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> host.call(other, "tcp=127.0.0.1:7777").toString().contains("reached"));
        assertRefused(one, "tcp=198.18.0.100:7777", "bound=198.18.0.100:7777", "tcp=127.0.0.1:7777");
        for (String address : List.of("127.0.0.1", "198.18.0.100", PlainHost.ADDRESS)) {
            assertThat(host.onHost("python3", "-c", CONNECT.replace("8080", "7777"), address))
                    .isEqualTo("refused");
        }
    }

    private static final String CONNECT = "import socket, sys\n"
            + "try: socket.create_connection((sys.argv[1], 8080), 2); print('reached')\n"
            + "except OSError: print('refused')";

    @Test
    void ipv6_reaches_nothing_and_no_user_inside_can_open_raw_sockets_or_change_interfaces_and_rules() {
        var id = host.cli().create("--network", "all");
        assertThat(host.sh(id, "cut -d' ' -f7- /proc/net/if_inet6 | tr -d ' '").line())
                .isEqualTo("lo");
        assertRefused(id, "tcp6=2001:db8::1:80", "udp6=fe80::1:9000", "udp6=ff02::1:9000");
        assertThat(host.call(id, "raw=9.9.9.9:0", "rawicmp=9.9.9.9:0", "packet=9.9.9.9:0", "spoof=9.9.9.9:9000"))
                .hasSize(4)
                .allMatch(line -> line.contains("refused"));
        for (String command : List.of(
                "nft flush ruleset",
                "nft list ruleset",
                "ip link set eth0 down",
                "ip address add 198.18.0.9/32 dev eth0",
                "ip route add 10.0.0.0/8 dev eth0",
                "ip link add other type dummy",
                "unshare --user --map-root-user nft flush ruleset",
                "unshare --user --net true",
                "nsenter --net=/proc/1/ns/net true",
                "exec 3<>/dev/net/tun",
                "echo 1 > /proc/sys/net/ipv4/ip_forward")) {
            assertThat(host.sh(id, "PATH=$PATH:/usr/sbin:/sbin; " + command).status())
                    .as(command)
                    .isNotZero();
        }
        assertThat(host.sh(id, "grep -h Cap /proc/self/status | cut -f2 | sort -u")
                        .line())
                .isEqualTo("0000000000000000");
        assertRefused(id, "tcp=10.66.0.1:80");
    }

    @Test
    void denied_addresses_are_refused_unless_they_are_also_allowed() {
        var id = host.cli()
                .create(
                        "--network",
                        "all",
                        "--allow",
                        "192.168.7.0/24",
                        "--deny",
                        "9.9.9.0/24",
                        "--deny",
                        "192.168.0.0/16");
        assertReached(id, "tcp=1.1.1.1:8080", "tcp=192.168.7.7:8080");
        assertRefused(id, "tcp=9.9.9.9:8080", "udp=9.9.9.9:9000", "tcp=10.66.0.1:80");
    }

    @Test
    void denying_by_default_leaves_only_allowed_addresses_and_no_name_server() {
        var id = host.cli().create("--allow", "1.1.1.0/30", "--allow", PlainHost.ADDRESS);
        assertReached(id, "tcp=1.1.1.1:8080", "tcp=" + PlainHost.ADDRESS + ":8080");
        assertRefused(id, "tcp=9.9.9.9:8080", "udp=198.18.0.3:53", "tcp=198.18.0.3:53", "udp=10.66.0.1:53");
        var wide = host.cli().create("--allow", "0.0.0.0/1");
        assertReached(wide, "tcp=1.1.1.1:8080", "tcp=9.9.9.9:8080");
        assertRefused(wide, "tcp=10.66.0.1:80", "tcp=127.0.0.1:8080", "bound=127.0.0.1:8080");
    }

    @Test
    void tighter_rules_cut_open_connections() throws Exception {
        var id = host.cli().create("--network", "all");
        var talk = "import socket, time\ns = socket.create_connection(('9.9.9.9', 8080)); s.settimeout(10)\n"
                + "print(s.recv(100), flush=True)\nopen('/tmp/talks', 'w').close()\n"
                + "while True:\n s.sendall(b'x')\n if not s.recv(100): raise OSError('closed')\n time.sleep(0.1)";
        var process = host.cli().start("exec", id, "python3", "-c", talk);
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> host.sh(id, "ls /tmp/talks").status() == 0);
            change(id, "--network", "all", "--deny", "9.9.9.0/24");
            assertThat(process.waitFor()).isNotZero();
        } finally {
            process.destroyForcibly();
        }
        assertRefused(id, "tcp=9.9.9.9:8080");
        assertReached(id, "tcp=1.1.1.1:8080");
        change(id, "--network", "none");
        assertRefused(id, "tcp=1.1.1.1:8080", "udp=198.18.0.3:53");
        change(id, "--network", "all");
        assertReached(id, "tcp=9.9.9.9:8080");
    }

    @Test
    void slirp4netns_is_not_visible_inside_and_ends_with_its_sandbox() throws Exception {
        var id = host.cli().create("--network", "all");
        var slirp = PlainHost.processes(SLIRP);
        assertThat(slirp).hasSize(1);
        host.sh(id, "kill -9 -1; for pid in $(seq 1 70000); do kill -9 $pid; done 2>/dev/null");
        assertThat(host.sh(id, "cat /proc/[0-9]*/comm").out()).doesNotContain(SLIRP);
        assertThat(host.sh(id, "readlink /proc/1/ns/net /proc/1/root /proc/1/fd/9")
                        .out())
                .isEmpty();
        assertReached(id, "tcp=1.1.1.1:8080");
        assertThat(Files.readString(Path.of("/proc/" + slirp.getFirst().pid() + "/status")))
                .contains("NoNewPrivs:\t1", "Seccomp:\t2");
        slirp.getFirst().destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).until(() -> !slirp.getFirst().isAlive());
        assertRefused(id, "tcp=1.1.1.1:8080", "tcp=" + PlainHost.ADDRESS + ":8080");
        assertThat(host.cli().run("destroy", id).status()).isZero();
    }

    @Test
    void six_sandboxes_created_at_once_all_reach_the_internet() throws Exception {
        var all = new ArrayList<Callable<String>>();
        for (int i = 0; i < 6; i++) {
            all.add(() -> host.cli().create("--network", "all"));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var made : threads.invokeAll(all)) {
                assertReached(made.get(), "tcp=1.1.1.1:8080");
            }
        }
        assertThat(PlainHost.processes(SLIRP)).hasSize(6);
    }

    @Test
    void a_launcher_or_a_command_that_is_killed_at_any_moment_leaves_no_process() throws Exception {
        for (int i = 0; i < 16; i++) {
            var command = host.cli().start("create", "--network", "all");
            var launcher = awaitLauncher(command);
            Thread.sleep(i * 8L);
            launcher.destroyForcibly();
            if (i % 2 == 0) {
                command.destroyForcibly();
            }
            command.waitFor();
            host.cli().run("destroy", "--all");
        }
        for (String name : List.of(SLIRP, "bwrap", "sandboxer")) { // "sandboxer" is the first process of a sandbox
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> PlainHost.processes(name).isEmpty());
        }
        assertReached(host.cli().create("--network", "all"), "tcp=9.9.9.9:8080");
    }

    /** Waits for the command's launcher process and returns it; returns the command's own process if the command ends first. */
    private static ProcessHandle awaitLauncher(Process command) throws InterruptedException {
        while (command.isAlive()) {
            var found = command.descendants()
                    .filter(process -> process.info().commandLine().orElse("").contains(" launch "))
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(1);
        }
        return command.toHandle();
    }

    @Test
    void the_host_report_says_what_this_user_can_use_and_which_package_is_missing() {
        assertThat(host.cli().run("doctor").out()).contains("by rules about addresses (slirp4netns), not domains");
        assertThat(host.cli().run("route", "--network", "all").out()).contains("ext.local  eligible");
        var names = host.cli().run("create", "--allow", "example.com");
        assertThat(names.err()).contains("[no_candidate]", "rules about addresses only; run as root");
        var noSlirp = host.cliWithout(Path.of("/usr/bin/slirp4netns"));
        assertThat(noSlirp.run("doctor").out()).contains("slirp4netns is not installed", "apt-get install slirp4netns");
        assertThat(noSlirp.run("create", "--network", "all").err()).contains("apt-get install slirp4netns");
        assertThat(noSlirp.run("create", "--allow", "1.1.1.1").err()).contains("apt-get install slirp4netns");
        var noNft = host.cliWithout(Path.of("/usr/sbin/nft"));
        assertThat(noNft.run("route", "--network", "all").out())
                .containsPattern("network_allow: nft is not\\s+installed; apt-get install nftables");
        assertThat(noNft.run("run", "cat", "/proc/net/dev").out()).doesNotContain("eth0");
        assertThat(host.cliWithout(Path.of("/dev/net/tun"))
                        .run("create", "--network", "all")
                        .err())
                .contains("/dev/net/tun");
    }

    private static void change(String id, String... options) {
        var arguments = new ArrayList<>(List.of("network", id));
        arguments.addAll(List.of(options));
        var result = host.cli().run(arguments.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
    }

    private static void assertReached(String id, String... calls) {
        assertThat(host.call(id, calls)).hasSize(calls.length).allMatch(line -> line.endsWith("reached"));
    }

    private static void assertRefused(String id, String... calls) {
        assertThat(host.call(id, calls)).hasSize(calls.length).noneMatch(line -> line.endsWith("reached"));
    }
}
