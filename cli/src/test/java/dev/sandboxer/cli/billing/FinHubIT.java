package dev.sandboxer.cli.billing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.cli.Cli;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bill that the receiver of {@code examples/fin-hub} computes from the events. The receiver runs as its README says. */
class FinHubIT {
    private static final Path EXAMPLE = Path.of("../examples/fin-hub/FinHub.java");
    private static final String OLD = secret("fake-old-secret-fake-old");
    private static final String NEW = secret("fake-new-secret-fake-new");

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @TempDir
    private Path folder;

    private final List<Process> hubs = new ArrayList<>();
    private Path bill;

    @BeforeEach
    void choose() {
        bill = folder.resolve("bill.jsonl");
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process hub : hubs) {
            hub.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_command_delivers_its_bill_before_it_ends_and_a_replay_changes_nothing() throws Exception {
        var paying = with(start(OLD), OLD);
        assertThat(paying.process()
                        .run("run", "--profile", "profile.saas-stub", "true")
                        .status())
                .isZero();
        assertThat(Files.readAllLines(bill)).hasSize(3);
        var printed = print();
        assertThat(printed).contains("  local  0.001");
        assertThat(paying.run("billing", "replay", "--from", "1h").out()).contains("3 events wait");
        assertThat(paying.run("billing", "deliver").out()).contains("3 delivered");
        assertThat(print()).isEqualTo(printed);
        assertThat(paying.run("usage").out()).contains("local").contains("0.001");
    }

    @Test
    void while_a_secret_is_replaced_both_sides_work_with_either() throws Exception {
        var url = start(NEW + " " + OLD);
        for (String secret : List.of(OLD, NEW, NEW + " " + OLD)) {
            with(url, secret).process().run("run", "--profile", "profile.saas-stub", "true");
        }
        assertThat(Files.readAllLines(bill)).hasSize(9);
    }

    @Test
    void refused_events_are_listed_and_delivered_once_they_are_accepted() throws Exception {
        var url = start(NEW);
        with(url, OLD).process().run("run", "--profile", "profile.saas-stub", "true");
        assertThat(bill).doesNotExist();
        assertThat(cli.run("billing", "dead-letters").out()).contains("HTTP 401");
        assertThat(cli.run("billing", "status").out()).contains("no URL is configured");
        var mended = with(url, NEW);
        assertThat(mended.run("billing", "dead-letters", "--requeue-all").out()).contains("3 events wait");
        assertThat(mended.run("billing", "deliver").out()).contains("3 delivered");
        assertThat(Files.readAllLines(bill)).hasSize(3);
    }

    @Test
    void an_event_that_did_not_fit_on_the_disk_is_stored_when_it_comes_again() throws Exception {
        var url = start(OLD);
        post(url, event("first"));
        limitFileSize(hubs.getFirst(), Long.toString(Files.size(bill) + 50));
        assertThatThrownBy(() -> post(url, event("second"))).isInstanceOf(IOException.class);
        limitFileSize(hubs.getFirst(), "unlimited");
        post(url, event("second"));
        post(url, event("third"));
        assertThat(Files.readAllLines(bill)).containsExactly(event("first"), event("second"), event("third"));
        assertThat(print()).contains("  local  0.75");
    }

    @Test
    void an_event_that_a_crash_left_half_written_is_stored_when_it_comes_again() throws Exception {
        var half = event("second").substring(0, event("second").indexOf("5}"));
        Files.writeString(bill, event("first") + "\n" + half);
        assertThat(print()).contains("  local  0.25");
        var url = start(OLD);
        post(url, event("second"));
        assertThat(Files.readAllLines(bill)).containsExactly(event("first"), event("second"));
    }

    private static String event(String id) {
        return "{\"id\":\"" + id + "\",\"source\":\"test\",\"type\":\"dev.sandboxer.charge.v1\","
                + "\"ChargePeriodStart\":\"2026-01-02T03:04:05Z\",\"SubAccountId\":\"local\",\"BilledCost\":0.25}";
    }

    private static void limitFileSize(Process hub, String bytes) throws IOException, InterruptedException {
        var limit = new ProcessBuilder("prlimit", "--pid", Long.toString(hub.pid()), "--fsize=" + bytes + ":").start();
        assertThat(limit.waitFor()).isZero();
    }

    /** Sends an event signed with the old secret. Fails unless the receiver accepts it. */
    private static void post(String url, String event)
            throws IOException, InterruptedException, GeneralSecurityException {
        var time = Long.toString(Instant.now().getEpochSecond());
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(OLD.substring("whsec_".length())), "HmacSHA256"));
        var signature = mac.doFinal(("id." + time + "." + event).getBytes(UTF_8));
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("webhook-id", "id")
                .header("webhook-timestamp", time)
                .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature))
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    private Cli with(String url, String secret) {
        return cli.with(Map.of("SANDBOXER_FIN_HUB_URL", url, "SANDBOXER_FIN_HUB_SECRET", secret));
    }

    /** Starts a receiver with those secrets and returns its address. */
    private String start(String secrets) throws IOException {
        var builder = new ProcessBuilder(java(), EXAMPLE.toString(), "0", bill.toString()).redirectErrorStream(true);
        builder.environment().put("FIN_HUB_SECRETS", secrets);
        var hub = builder.start();
        hubs.add(hub);
        var line = new BufferedReader(new InputStreamReader(hub.getInputStream(), UTF_8)).readLine();
        assertThat(line).startsWith("listening on ");
        return line.substring("listening on ".length());
    }

    private String print() throws IOException, InterruptedException {
        var process = new ProcessBuilder(java(), EXAMPLE.toString(), bill.toString()).start();
        var text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return text;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String secret(String text) {
        return "whsec_" + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
