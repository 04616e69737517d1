package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.hostile.Calls;
import dev.sandboxer.local.hostile.Lab;
import dev.sandboxer.local.hostile.Victim;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox's received and sent bytes are counted from its first packet to its last, and nobody inside can change the count. */
@Timeout(180)
class NetworkCountIT {
    private static final int SIZE = 20_000_000;

    @RegisterExtension
    static final Lab LAB = Lab.withNetwork();

    @Test
    void the_last_count_stays_after_the_deadline_until_the_sandbox_is_destroyed() throws Exception {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        download(victim);
        var running = counted(victim);
        assertThat(running.in()).isBetween((long) SIZE, SIZE * 6L / 5);
        download(victim);
        endAtDeadline(victim);
        assertThat(LAB.backend().list())
                .as("a listing does not show the ended sandbox")
                .isEmpty();
        assertThat(counted(victim).in()).isBetween(running.in() + SIZE, running.in() + SIZE * 6L / 5);
        LAB.backend().destroy(victim.ref());
        assertThat(count(victim)).isEmpty();
        assertThat(LAB.folder(victim)).doesNotExist();
    }

    @Test
    void a_sandbox_without_a_network_has_no_count_and_leaves_none() throws Exception {
        var victim = LAB.fresh(NetworkRules.DENY_ALL);
        assertThat(count(victim)).isEmpty();
        assertThat(Files.exists(LAB.folder(victim).resolve("network.count"))).isFalse();
        endAtDeadline(victim);
        assertThat(LAB.backend().list()).isEmpty();
        assertThat(LAB.folder(victim)).doesNotExist();
    }

    @Test
    void a_sandbox_whose_agent_was_killed_from_outside_has_no_last_count() throws Exception {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        download(victim);
        Victim.onHost("kill", "-KILL", "" + LAB.agentPid(victim));
        awaitEnd(victim);
        assertThat(count(victim)).isEmpty();
    }

    @Test
    void the_count_continues_after_a_pause() {
        assumeTrue(LAB.backend() instanceof Pausing, "needs control groups that freeze");
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        download(victim);
        var before = counted(victim);
        ((Pausing) LAB.backend()).pause(victim.ref(), Instant.now().plusSeconds(120));
        assertThat(counted(victim)).as("while it is paused").isEqualTo(before);
        ((Pausing) LAB.backend()).resume(victim.ref(), Instant.now().plusSeconds(120));
        download(LAB.reconnect(victim));
        assertThat(counted(victim).in()).isGreaterThanOrEqualTo(before.in() + SIZE);
    }

    @Test
    void a_sandbox_from_a_snapshot_has_its_own_rules_address_and_count() {
        assumeTrue(LAB.backend() instanceof Snapshotting, "needs disk images");
        var snapshots = (Snapshotting) LAB.backend();
        var original = LAB.fresh(NetworkRules.ALLOW_ALL);
        download(original);
        var kept = snapshots.snapshot(original.ref(), "counted");
        try {
            var copy = LAB.fresh(new Source.Template(kept.template()), NetworkRules.ALLOW_ALL);
            assertThat(counted(copy).in()).isLessThan(100_000);
            assertThat(OpenNetworkIT.address(copy)).isNotEqualTo(OpenNetworkIT.address(original));
            Calls.assertReached(copy, "tcp=1.1.1.1:8080");
            Calls.assertRefused(copy, "tcp=10.66.0.1:80", "tcp=" + OpenNetworkIT.address(original) + ":8080");
            var before = counted(original);
            download(copy);
            assertThat(counted(original).in()).isLessThan(before.in() + 100_000);
        } finally {
            snapshots.deleteSnapshot("counted");
        }
    }

    @Test
    void nobody_inside_can_lower_the_count_or_write_the_last_one() throws Exception {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        download(victim);
        var before = counted(victim);
        for (String attempt : List.of(
                "ip link set eth0 down",
                "ip link set eth0 name eth9",
                "ip link delete eth0",
                "ip link add eth0 type dummy",
                "ip link set eth0 netns $$",
                "ethtool -r eth0",
                "nft reset counters",
                "echo x > /proc/1/fd/10",
                "mount --bind /etc/hostname /proc/1/net/dev",
                "echo x > /proc/net/dev",
                "unshare --user --map-root-user --net --mount sh -c 'mount -t proc proc /proc && ip link delete eth0'",
                "nsenter --net=/proc/1/ns/net ip link delete eth0")) {
            var result = victim.rootSh("PATH=$PATH:/usr/sbin:/sbin; " + attempt);
            assertThat(result.status()).as(attempt + ": " + result.output()).isNotZero();
            assertThat(counted(victim).in()).as(attempt).isGreaterThanOrEqualTo(before.in());
        }
        victim.rootSh("for i in $(seq 3 64); do echo 'eth0: 1 0 0 0 0 0 0 0 1 0' >&$i; done; kill -9 1; true");
        assertThat(counted(victim).in()).isGreaterThanOrEqualTo(before.in());
        endAtDeadline(victim);
        assertThat(counted(victim).in()).isGreaterThanOrEqualTo(before.in());
    }

    private static void download(Victim victim) {
        victim.sh("curl -sS http://1.1.1.1/bytes/" + SIZE + " > /dev/null").text();
    }

    private static NetworkBytes counted(Victim victim) {
        return count(victim).orElseThrow();
    }

    private static Optional<NetworkBytes> count(Victim victim) {
        return ((NetworkCounting) LAB.backend()).networkBytes(victim.ref());
    }

    private static void endAtDeadline(Victim victim) {
        LAB.backend().setDeadline(victim.ref(), Instant.now().plusMillis(300));
        awaitEnd(victim);
    }

    private static void awaitEnd(Victim victim) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> LAB.backend().describe(victim.ref()).isEmpty());
    }
}
