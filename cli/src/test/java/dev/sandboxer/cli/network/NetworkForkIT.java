package dev.sandboxer.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fork has the network rules of its original, but its own address and its own traffic count. */
@Timeout(300)
class NetworkForkIT {
    private static final int SIZE = 5_000_000;

    @AutoClose
    private NetworkSandboxes sandboxes;

    @BeforeEach
    void open() throws Exception {
        sandboxes = new NetworkSandboxes();
    }

    private List<String> fork(String sandbox, int count) {
        return sandboxes
                .ok("fork", "--consumer", "acme", "--count", "" + count, sandbox)
                .lines()
                .toList();
    }

    @Test
    void forks_have_the_rules_of_their_original_and_addresses_and_counts_of_their_own() {
        var original = sandboxes.create("--network", "all", "--deny", "9.9.9.9");
        sandboxes.download(original, SIZE);
        var forks = fork(original, 2);
        assertThat(List.of(original, forks.getFirst(), forks.getLast()))
                .extracting(sandboxes::address)
                .doesNotHaveDuplicates()
                .allMatch(address -> address.startsWith("198.18.") || address.startsWith("198.19."));
        for (String fork : forks) {
            assertThat(sandboxes.ok("network", "--consumer", "acme", fork)).isEqualTo("all but 9.9.9.9");
            assertThat(sandboxes.fetch(fork, "http://example.com/")).contains("host=example.com");
            assertThat(sandboxes.fetch(fork, "http://9.9.9.9/")).contains("FAILED");
        }
        var before = sandboxes.bytesIn();
        assertThat(before).as("the original's are not copied").isBetween((long) SIZE, SIZE * 6L / 5);
        sandboxes.download(forks.getFirst(), SIZE);
        assertThat(sandboxes.bytesIn() - before).isBetween((long) SIZE, SIZE * 6L / 5);
    }

    @Test
    void rules_that_were_changed_in_the_original_hold_in_its_forks_and_a_fork_s_are_its_own() {
        var original = sandboxes.create("--network", "all");
        sandboxes.ok("network", "--consumer", "acme", "--network", "none", "--allow", "example.com", original);
        var fork = fork(original, 1).getFirst();
        assertThat(sandboxes.fetch(fork, "https://example.com/")).contains("sni=example.com");
        assertThat(sandboxes.fetch(fork, "http://other.test/")).contains("FAILED");
        assertThat(sandboxes.fetch(fork, "http://9.9.9.9/")).contains("FAILED");
        sandboxes.ok("network", "--consumer", "acme", "--network", "all", fork);
        assertThat(sandboxes.fetch(fork, "http://other.test/")).contains("host=other.test");
        assertThat(sandboxes.fetch(original, "http://other.test/")).contains("FAILED");
    }

    @Test
    void a_sandbox_from_a_snapshot_has_the_rules_that_are_asked_for_it() {
        var original = sandboxes.create("--network", "all");
        var snapshot = sandboxes.ok("snapshot", "--consumer", "acme", original);
        var open = sandboxes.create("--snapshot", snapshot, "--network", "all", "--deny", "1.1.1.1");
        assertThat(sandboxes.fetch(open, "http://other.test/")).contains("host=other.test");
        assertThat(sandboxes.fetch(open, "http://example.com/")).contains("FAILED");
        var closed = sandboxes.create("--snapshot", snapshot);
        assertThat(sandboxes.fetch(closed, "http://1.1.1.1/")).contains("FAILED");
    }

    @Test
    void rules_traffic_count_and_forks_survive_a_pause() {
        var original = sandboxes.create("--allow", "1.1.1.1", "--allow", "example.com");
        sandboxes.download(original, SIZE);
        sandboxes.ok("pause", "--consumer", "acme", original);
        var paused = sandboxes.bytesIn();
        sandboxes.ok("resume", "--consumer", "acme", original);
        assertThat(sandboxes.fetch(original, "http://example.com/")).contains("host=example.com");
        assertThat(sandboxes.fetch(original, "http://9.9.9.9/")).contains("FAILED");
        assertThat(sandboxes.bytesIn()).isBetween(paused, paused + 100_000);
        var fork = fork(original, 1).getFirst();
        assertThat(sandboxes.fetch(fork, "http://example.com/")).contains("host=example.com");
        assertThat(sandboxes.fetch(fork, "http://9.9.9.9/")).contains("FAILED");
    }
}
