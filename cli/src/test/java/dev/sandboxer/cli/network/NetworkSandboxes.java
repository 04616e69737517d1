package dev.sandboxer.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs commands on a new home whose sandboxes connect to a test's internet. Closing ends the sandboxes. */
final class NetworkSandboxes implements AutoCloseable {
    static final String CONSUMER = "acme";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Cli home = Cli.onFreshHome();
    private final PrivateNetwork network;
    private final CliProcess cli;

    NetworkSandboxes() throws IOException, InterruptedException {
        network = PrivateNetwork.open();
        cli = network.in(home.process());
        ok("consumers", "add", CONSUMER);
    }

    /** Sets the prices of a GiB. Nothing else has a price. */
    void price(String in, String out) throws IOException {
        Files.writeString(home.home().resolve("rates.yaml"), """
                rates:
                  here-1:
                    extension: ext.local
                    from: 2026-01-01
                    cpuSecond: 0
                    memoryGiBSecond: 0
                    networkInGiB: %s
                    networkOutGiB: %s
                """.formatted(in, out));
    }

    CliProcess cli() {
        return cli;
    }

    /** Runs a command that must succeed and returns its output. */
    String ok(String... arguments) {
        var result = cli.run(arguments);
        assertThat(result.status())
                .as(String.join(" ", arguments) + ": " + result.err())
                .isZero();
        return result.line();
    }

    String create(String... options) {
        var all = new String[options.length + 2];
        all[0] = "--consumer";
        all[1] = CONSUMER;
        System.arraycopy(options, 0, all, 2, options.length);
        return cli.create(all);
    }

    /** Runs a shell command in a sandbox and returns its output. */
    String sh(String sandbox, String script) {
        return cli.run("exec", "--consumer", CONSUMER, sandbox, "--", "sh", "-c", script)
                .line();
    }

    void download(String sandbox, int bytes) {
        assertThat(sh(sandbox, "curl -sS http://1.1.1.1/bytes/" + bytes + " | wc -c"))
                .isEqualTo("" + bytes);
    }

    /** Returns all usage. */
    JsonNode usage() {
        return JSON.readTree(ok("usage", "--json")).get("total");
    }

    /** Returns the number of bytes that sandboxes have received. */
    long bytesIn() {
        return usage().get("networkInGiB")
                .decimalValue()
                .multiply(new BigDecimal(1 << 30))
                .longValueExact();
    }

    /** Returns the reason of a sandbox's end; empty while it runs. */
    String endReason(String sandbox) {
        return JSON.readTree(ok("show", "--consumer", CONSUMER, "--json", sandbox))
                .get("sandbox")
                .get("reason")
                .asString("");
    }

    /** Returns a sandbox's address. */
    String address(String sandbox) {
        return sh(
                sandbox,
                "python3 -c 'import socket; s = socket.socket(2, 2); s.connect((\"1.1.1.1\", 1)); "
                        + "print(s.getsockname()[0])'");
    }

    /** Returns the answer of a server of the test's internet, or FAILED. */
    String fetch(String sandbox, String url) {
        return sh(sandbox, "curl -fsSk -m 10 " + url + " 2>&1 || echo FAILED");
    }

    @Override
    public void close() throws IOException {
        cli.run("destroy", "--all");
        cli.run("destroy", "--all", "--consumer", CONSUMER);
        network.close();
        home.close();
    }
}
