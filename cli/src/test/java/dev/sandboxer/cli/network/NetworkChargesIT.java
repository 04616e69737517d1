package dev.sandboxer.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.serve.ServerProcess;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Traffic of sandboxes is in the usage and on the bill. Here a GiB costs 10 in and 100 out. */
@Timeout(300)
class NetworkChargesIT {
    private static final int SIZE = 20_000_000;

    @AutoClose
    private NetworkSandboxes sandboxes;

    @BeforeEach
    void open() throws Exception {
        sandboxes = new NetworkSandboxes();
        sandboxes.price("10", "100");
        sandboxes.ok("credits", "grant", "acme", "5");
    }

    @Test
    void traffic_is_in_the_usage_of_a_running_sandbox_and_on_the_bill_of_an_ended_one() {
        var sandbox = sandboxes.create("--network", "all");
        sandboxes.download(sandbox, SIZE);
        var bytes = sandboxes.bytesIn();
        assertThat(bytes).isBetween((long) SIZE, SIZE * 6L / 5);
        assertThat(sandboxes.ok("usage")).contains("GIB IN", "0.01");
        sandboxes.ok("destroy", "--consumer", "acme", sandbox);
        assertThat(sandboxes.bytesIn()).as("no byte twice").isBetween(bytes, bytes + 10_000);
        var usage = sandboxes.usage();
        var costs = usage.get("networkInGiB")
                .decimalValue()
                .multiply(BigDecimal.TEN)
                .add(usage.get("networkOutGiB").decimalValue().movePointRight(2));
        assertThat(usage.get("billed").decimalValue()).isCloseTo(costs, withinANanoUnitForEach());
        assertThat(balance()).isEqualByComparingTo(new BigDecimal("5").subtract(billed()));
        assertThat(lines("csv"))
                .anyMatch(line -> line.contains(",network_in,"))
                .anyMatch(line -> line.contains(",network_out,"));
        assertThat(lines("focus-csv"))
                .anyMatch(line -> line.contains("Bytes received by sandbox"))
                .anyMatch(line -> line.contains("ext.local/network_out"));
    }

    @Test
    void a_single_request_is_in_the_stats_at_once() {
        var sandbox = sandboxes.create("--network", "all");
        sandboxes.download(sandbox, 5000);
        assertThat(sandboxes.ok("stats", "--consumer", "acme", sandbox))
                .containsPattern(" [5-9]KiB +[1-9][0-9]*(B|KiB)$");
    }

    @Test
    void traffic_just_before_a_deadline_is_on_the_bill_even_if_nothing_read_it() {
        var sandbox = sandboxes.create("--network", "all", "--ttl", "20s");
        sandboxes.download(sandbox, SIZE);
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(5))
                .until(() -> sandboxes.endReason(sandbox).equals("expired"));
        assertThat(sandboxes.bytesIn()).isBetween((long) SIZE, SIZE * 6L / 5);
        assertThat(billed()).isGreaterThan(new BigDecimal("0.18"));
    }

    @Test
    void a_sandbox_without_a_network_has_no_lines_for_it_and_costs_nothing() {
        var sandbox = sandboxes.create();
        sandboxes.sh(sandbox, "head -c 1000000 /dev/zero | wc -c");
        sandboxes.ok("destroy", "--consumer", "acme", sandbox);
        assertThat(lines("csv")).hasSizeGreaterThan(1).noneMatch(line -> line.contains("network"));
        assertThat(billed()).isZero();
    }

    @Test
    void a_server_ends_a_sandbox_whose_bytes_have_used_up_the_credit() throws Exception {
        try (var server = new ServerProcess(sandboxes.cli())) {
            server.start();
            var sandbox = sandboxes.create("--network", "all", "--ttl", "30m", "--max-cost", "0.5");
            sandboxes.download(sandbox, 3 * SIZE);
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofSeconds(5))
                    .until(() -> sandboxes.endReason(sandbox).equals("budget"));
            assertThat(billed()).isGreaterThan(new BigDecimal("0.5"));
            assertThat(server.log()).anyMatch(line -> line.contains("no credit left for its network traffic"));
        }
    }

    private BigDecimal billed() {
        return sandboxes.usage().get("billed").decimalValue();
    }

    private BigDecimal balance() {
        return new BigDecimal(sandboxes
                .ok("credits", "balance", "acme", "--json")
                .replaceAll("(?s).*\"balance\" : ([-0-9.]+).*", "$1"));
    }

    private Stream<String> lines(String format) {
        return sandboxes.ok("usage", "--format", format).lines();
    }

    private static Offset<BigDecimal> withinANanoUnitForEach() {
        return Offset.offset(new BigDecimal("0.000000002"));
    }
}
