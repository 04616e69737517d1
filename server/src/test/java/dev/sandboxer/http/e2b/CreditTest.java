package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Credits over HTTP. A sandbox costs 0.001 a second. At the start of each test, one with a TTL of ten minutes runs and holds 0.6 of 0.7
 * credits.
 */
class CreditTest {
    private static final String OPERATOR = "Authorization: Bearer " + ServedSandbox.OPERATOR;
    private static final String CONSUMER = "/api/v1/consumers/" + TestInstallation.ME;

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private PassedSandbox server;
    private String key;

    @BeforeEach
    void open() throws Exception {
        var installation = new TestInstallation(home);
        installation.charge();
        installation.price(new RateCard(
                "test-1",
                new ExtensionId("ext.second"),
                Instant.EPOCH,
                new BigDecimal("0.001"),
                BigDecimal.ZERO,
                Map.of(),
                Map.of(),
                BigDecimal.ZERO));
        try (var process = installation.start()) {
            process.ledger()
                    .grant(new Grant.Request(
                            "start", TestInstallation.ME, Grant.Kind.PAID, Money.parse("0.7"), 0, null, ""));
        }
        server = new PassedSandbox(installation, 1, peer -> {}, true);
        key = "X-API-Key: " + server.key();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String ask(String method, String path, String header, String body) throws Exception {
        return server.ask(method, path, header, body);
    }

    private String create(String more, int timeout) throws Exception {
        return ask("POST", "/v2/sandboxes", key + more, "{\"templateID\":\"base\",\"timeout\":" + timeout + "}");
    }

    @Test
    void without_credit_a_creation_is_402_in_e2bs_form() throws Exception {
        server.ledger().correct("c", TestInstallation.ME, null, Money.parse("-0.09"), "used up");
        assertThat(create("", 300))
                .startsWith("HTTP/1.1 402")
                .contains("{\"code\":402,\"message\":\"no extension could take profile.test: ext.second:"
                        + " insufficient_credits, costs up to 0.3, and 0.01 pays for less than 1m; grant credits:"
                        + " sandboxer credits grant me AMOUNT\"}");
        assertThat(server.cloud().running()).hasSize(1);
    }

    @Test
    void a_creation_gets_the_time_that_the_credit_pays_for() throws Exception {
        assertThat(create("", 300)).startsWith("HTTP/1.1 201");
        assertThat(ask("GET", "/api/v1/credits", key, ""))
                .startsWith("HTTP/1.1 200")
                .contains("\"consumer\":\"me\",\"currency\":\"USD\"", "\"granted\":0.7", "\"limit\":0");
    }

    @Test
    void extending_and_resuming_need_credit() throws Exception {
        var sandbox = "/sandboxes/" + server.sandbox().id();
        assertThat(ask("POST", sandbox + "/timeout", key, "{\"timeout\":3000}"))
                .as("extended as far as the credit pays for")
                .startsWith("HTTP/1.1 204");
        assertThat(ask("POST", sandbox + "/timeout", key, "{\"timeout\":3000}"))
                .startsWith("HTTP/1.1 402")
                .contains("\"code\":402", "can't pay for more time", "sandboxer credits grant me AMOUNT");
        assertThat(ask("POST", sandbox + "/connect", key, "{\"timeout\":3000}"))
                .as("connecting to a running sandbox succeeds")
                .startsWith("HTTP/1.1 200");
        assertThat(ask("POST", sandbox + "/pause", key, "")).startsWith("HTTP/1.1 204");
        assertThat(ask("POST", sandbox + "/connect", key, "{\"timeout\":3000}")).startsWith("HTTP/1.1 402");
        assertThat(ask("POST", sandbox + "/resume", key, "{\"timeout\":3000}"))
                .startsWith("HTTP/1.1 402")
                .contains("\"code\":402", "has 0.7 available and needs 3");
        assertThat(ask("POST", sandbox + "/resume", key, "{\"timeout\":300}")).startsWith("HTTP/1.1 201");
    }

    @Test
    void a_header_limits_what_a_sandbox_may_cost() throws Exception {
        assertThat(create("\r\nX-Sandboxer-Max-Cost: 0.05", 300))
                .startsWith("HTTP/1.1 402")
                .contains("let it cost more than 0.05");
        assertThat(create("\r\nX-Sandboxer-Max-Cost: 0.09", 300)).startsWith("HTTP/1.1 201");
        for (String wrong : new String[] {"-1", "much", "1e3", ""}) {
            assertThat(create("\r\nX-Sandboxer-Max-Cost: " + wrong, 300))
                    .as(wrong)
                    .startsWith("HTTP/1.1 400")
                    .contains("X-Sandboxer-Max-Cost must be an amount such as 0.50");
        }
    }

    @Test
    void a_consumer_sees_the_charges_of_a_sandbox_and_an_estimate_for_another() throws Exception {
        assertThat(ask("GET", "/api/v1/sandboxes/" + server.sandbox().id(), key, ""))
                .contains("\"charges\":{\"cost\":0,\"held\":0.6,\"payer\":\"platform\",\"priceList\":\"test-1\"}");
        assertThat(ask("GET", "/api/v1/profiles/test/estimate?ttl=1m", key, ""))
                .startsWith("HTTP/1.1 200")
                .contains("\"ttlMs\":60000", "\"pricePerHour\":3.6,\"cost\":0.06,\"held\":0.06,\"affordableMs\":60000");
        assertThat(ask("GET", "/api/v1/profiles/test/estimate?ttl=0s", key, "")).startsWith("HTTP/1.1 400");
    }

    @Test
    void repeating_a_grant_grants_once() throws Exception {
        var grant = "{\"id\":\"may\",\"amount\":12.500000001,\"note\":\"May\"}";
        for (int i = 0; i < 2; i++) {
            assertThat(ask("POST", CONSUMER + "/grants", OPERATOR, grant))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"granted\":13.200000001");
        }
        assertThat(ask("POST", CONSUMER + "/grants", OPERATOR, "{\"id\":\"may\",\"amount\":1}"))
                .startsWith("HTTP/1.1 409");
        assertThat(ask("GET", CONSUMER + "/grants", OPERATOR, ""))
                .contains("\"id\":\"may\",\"consumer\":\"me\",\"kind\":\"paid\",\"amount\":12.500000001");
        for (String wrong : new String[] {
            "{\"amount\":1}",
            "{\"id\":\"x\"}",
            "{\"id\":\"x\",\"amount\":0}",
            "{\"id\":\"x\",\"amount\":-1}",
            "{\"id\":\"x\",\"amount\":0.0000000001}",
            "{\"id\":\"x\",\"amount\":1e999999999}",
            "{\"id\":\"x\",\"amount\":1e-999999999}",
            "{\"id\":\"x\",\"amount\":\"1\"}",
            "{\"id\":\"x y\",\"amount\":1}",
            "{\"id\":\"x\",\"amount\":1,\"expiresAt\":\"soon\"}",
            "{\"id\":\"x\",\"amount\":1,\"expiresAt\":\"2020-01-01T00:00:00Z\"}",
            "{\"id\":\"x\",\"amount\":1,\"sheep\":1}"
        }) {
            assertThat(ask("POST", CONSUMER + "/grants", OPERATOR, wrong))
                    .as(wrong)
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void credit_terms_need_either_a_limit_or_unlimited() throws Exception {
        assertThat(ask("PUT", CONSUMER + "/credit-terms", OPERATOR, "{\"limit\":5,\"budget\":\"10/day\"}"))
                .startsWith("HTTP/1.1 200")
                .contains("\"limit\":5", "\"budget\":\"10/day\",\"budgetSpent\":0", "\"available\":5.1");
        assertThat(ask("PUT", CONSUMER + "/credit-terms", OPERATOR, "{\"unlimited\":true}"))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("\"limit\"", "\"available\"", "\"budget\"");
        for (String wrong : new String[] {
            "{}",
            "{\"warnBelow\":1}",
            "{\"limit\":0,\"unlimited\":true}",
            "{\"limit\":-1}",
            "{\"limit\":0,\"budget\":\"5/week\"}",
            "{\"limit\":1e99}"
        }) {
            assertThat(ask("PUT", CONSUMER + "/credit-terms", OPERATOR, wrong))
                    .as(wrong)
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void a_consumers_key_grants_nothing() throws Exception {
        assertThat(ask("POST", CONSUMER + "/grants", key, "{\"id\":\"x\",\"amount\":1}"))
                .startsWith("HTTP/1.1 401");
        assertThat(ask("PUT", CONSUMER + "/credit-terms", key, "{\"unlimited\":true}"))
                .startsWith("HTTP/1.1 401");
        assertThat(ask("GET", CONSUMER + "/credits", key, "")).startsWith("HTTP/1.1 401");
        assertThat(server.ledger().balance(TestInstallation.ME).granted()).isEqualTo(Money.parse("0.7"));
    }
}
