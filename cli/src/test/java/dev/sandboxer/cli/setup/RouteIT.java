package dev.sandboxer.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The output of {@code route}, and creations that follow the route. */
class RouteIT {
    private static final String PLATFORMS_KEY = "e2b_0123456789abcdef0123456789abcdef01234567";
    private static final String TEAMS_KEY = "e2b_abcdef0123456789abcdef0123456789abcdef01";

    @AutoClose
    private final Cli home = Cli.onFreshHome();

    /** An installation without a key for E2B or a token for Modal. */
    private final Cli cli = home.with(Map.of("E2B_API_KEY", "", "MODAL_TOKEN_ID", "", "MODAL_TOKEN_SECRET", ""));

    @BeforeEach
    void profile() throws IOException {
        profile("order", "");
    }

    private void profile(String policy, String plan) throws IOException {
        Files.writeString(home.home().resolve("config.yaml"), """
                profiles:
                  profile.ci:
                    route: [ext.e2b, ext.saas-stub, ext.local]
                    policy: %s
                    templates: {ext.e2b: base, ext.saas-stub: "base; %s", ext.local: base}
                    cpu: 1
                    memory: 512MiB
                    disk: 1GiB
                    ttl: 30m
                    maxTtl: 2h
                """.formatted(policy, plan));
    }

    private String route(String... options) {
        var arguments = new String[options.length + 2];
        arguments[0] = "route";
        arguments[1] = "ci";
        System.arraycopy(options, 0, arguments, 2, options.length);
        var result = cli.run(arguments);
        assertThat(result.status()).as(result.err()).isZero();
        return result.out();
    }

    @Test
    void a_table_shows_verdicts_and_prices_with_the_reasons_below() {
        assertThat(route()).isEqualTo("""
                EXTENSION      VERDICT   PER HOUR  WORST CASE  OWNER  CREDENTIAL
                ext.e2b        skipped   -         -           -      -
                ext.saas-stub  eligible  0.081     0.0415      -      -
                ext.local      eligible  0         0           -      -

                ext.e2b: no_credential, none found; run: sandboxer credentials add ext.e2b
                ext.saas-stub: metered, 0.081 an hour
                ext.local: free

                Tried in this order.
                Worst case: all of its 30m.
                Chosen: ext.saas-stub
                """);
    }

    @Test
    void json_has_the_same_content_as_the_table() {
        assertThat(json("route", "ci", "--json")).isEqualTo(JsonMapper.shared().readTree("""
                {"profile": "profile.ci", "policy": "order", "chosen": "ext.saas-stub", "candidates": [
                  {"extension": "ext.e2b", "verdict": "skipped", "code": "no_credential",
                   "reason": "none found; run: sandboxer credentials add ext.e2b",
                   "credential": null, "pricePerHour": null, "worstCase": null},
                  {"extension": "ext.saas-stub", "verdict": "eligible", "code": null,
                   "reason": "metered, 0.081 an hour",
                   "credential": null, "pricePerHour": 0.081, "worstCase": 0.0415},
                  {"extension": "ext.local", "verdict": "eligible", "code": null, "reason": "free",
                   "credential": null, "pricePerHour": 0, "worstCase": 0}]}
                """));
    }

    @Test
    void the_owner_of_the_key_is_shown_and_the_key_is_not() {
        cli.run("consumers", "add", "team-a");
        cli.runWith(TEAMS_KEY.getBytes(UTF_8), "credentials", "add", "ext.e2b", "--consumer", "team-a");
        var keyed = cli.with("E2B_API_KEY", PLATFORMS_KEY);

        var platforms =
                JsonMapper.shared().readTree(keyed.run("route", "ci", "--json").out());
        var teams = JsonMapper.shared()
                .readTree(keyed.run("route", "ci", "--consumer", "team-a", "--json")
                        .out());

        assertThat(owner(platforms)).isEqualTo("platform");
        assertThat(owner(teams)).isEqualTo("team-a");
        assertThat(teams.toString()).doesNotContain(TEAMS_KEY);
    }

    @Test
    void a_burst_goes_to_the_first_of_its_route_that_has_or_needs_no_key() {
        var none = json("route", "burst-sandbox", "--json");
        var modals = cli.with(Map.of("MODAL_TOKEN_ID", "ak-fake", "MODAL_TOKEN_SECRET", "as-fake"));
        var one = JsonMapper.shared()
                .readTree(modals.run("route", "burst-sandbox", "--json").out());

        assertThat(none.findValuesAsString("extension")).containsExactly("ext.e2b", "ext.modal", "ext.saas-stub");
        assertThat(none.findValuesAsString("verdict")).containsExactly("skipped", "skipped", "eligible");
        assertThat(none.path("chosen").asString()).isEqualTo("ext.saas-stub");
        assertThat(one.findValuesAsString("verdict")).containsExactly("skipped", "eligible", "eligible");
        assertThat(one.path("chosen").asString()).isEqualTo("ext.modal");
        assertThat(one.path("candidates")
                        .path(1)
                        .path("credential")
                        .path("owner")
                        .asString())
                .isEqualTo("platform");
        assertThat(modals.run("route", "burst-sandbox").out())
                .contains("ext.e2b: no_credential", "Chosen: ext.modal")
                .doesNotContain("as-fake");
        assertThat(cli.run("route", "burst-sandbox").out())
                .contains("ext.modal: no_credential, none found; run: sandboxer credentials add ext.modal");
    }

    @Test
    void a_gpu_request_has_one_candidate_with_the_price_of_its_most_expensive_type() {
        var modals = cli.with(Map.of("MODAL_TOKEN_ID", "ak-fake", "MODAL_TOKEN_SECRET", "as-fake"));

        assertThat(cli.run("route", "modal-gpu").out()).contains("ext.modal: no_credential", "Chosen: none");
        assertThat(modals.run("route", "modal-gpu").out()).contains("Chosen: ext.modal");
        var dearest = modals.run("route", "modal-gpu", "--gpu", "L4", "--json");
        assertThat(JsonMapper.shared()
                        .readTree(modals.run("route", "modal-gpu", "--json").out()))
                .isEqualTo(JsonMapper.shared().readTree(dearest.out()));
        assertThat(modals.run("route", "modal-gpu", "--gpu", "H100:9").out())
                .contains("ext.modal: capability_missing", "at most 8 GPUs");
    }

    @Test
    void half_a_token_is_no_credential_and_the_missing_half_is_named() {
        var half = cli.with("MODAL_TOKEN_ID", "ak-fake").run("route", "burst-sandbox");

        assertThat(half.out()).contains("ext.modal: no_credential", "token_secret", "Chosen: ext.saas-stub");
    }

    @Test
    void the_cheapest_is_tried_first_when_the_policy_says_so() throws IOException {
        profile("cheapest", "");

        assertThat(json("route", "ci", "--json").path("chosen").asString()).isEqualTo("ext.local");
        assertThat(route()).contains("Tried in this order, the cheapest first.");
    }

    @Test
    void a_request_may_prefer_an_extension_or_allow_only_one() {
        assertThat(route("--prefer", "ext.local")).contains("ext.local: free; asked for", "Chosen: ext.local");
        assertThat(route("--only", "ext.local"))
                .contains("ext.saas-stub: disabled, the request is for ext.local only", "Chosen: ext.local");
    }

    @Test
    void a_capability_that_no_extension_has_leaves_no_candidate() {
        assertThat(route("--gpu", "T4")).contains("ext.local: capability_missing, has no GPUs", "Chosen: none");
        assertThat(route("--require", "gpu")).contains("ext.local: capability_missing, lacks the capability gpu");
        assertThat(cli.run("create", "-p", "ci", "--gpu", "T4").err()).contains("has no GPUs", "[no_candidate]");
    }

    @Test
    void invalid_values_are_named_in_plain_words() {
        for (var wrong : Map.of(
                        "--network",
                                "\"offline\" is not a network policy (there are none, all, deny and backend-default)",
                        "--port", "\"offline\" is not a port (1 to 65535)",
                        "--require", "\"offline\" is not known; there are pty,")
                .entrySet()) {
            var result = cli.run("route", "ci", wrong.getKey(), "offline");
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).contains(wrong.getValue()).doesNotContain("Exception");
        }
    }

    @Test
    void a_cloud_that_fails_five_times_in_a_row_is_left_alone_and_show_says_so() throws IOException {
        profile("order", "create transient times=5");
        for (int i = 0; i < 5; i++) {
            assertThat(cli.run("show", cli.create("-p", "ci")).out())
                    .contains("attempt 1  ext.saas-stub refused", "attempt 2  ext.local created");
        }

        assertThat(route()).contains("ext.saas-stub: circuit_open, failed 5 times in a row");
        assertThat(cli.run("show", cli.create("-p", "ci")).out())
                .contains("ext.saas-stub skipped: circuit_open", "attempt 1  ext.local created");
    }

    @Test
    void a_short_retry_time_is_waited_for_and_a_long_one_is_not() throws IOException {
        profile("order", "create throttled retryAfter=1s times=1; # short");
        var patient = cli.run("create", "-p", "ci");
        assertThat(patient.err()).contains("waiting 1").contains("for the limits of ext.saas-stub");
        assertThat(cli.run("show", patient.line()).out())
                .contains("attempt 1  ext.saas-stub refused", "(throttled)", "attempt 2  ext.saas-stub created");

        profile("order", "create throttled retryAfter=30s times=1; # long");
        assertThat(cli.run("show", cli.create("-p", "ci")).out()).contains("attempt 2  ext.local created");
        assertThat(route()).contains("ext.saas-stub: circuit_open, asked to wait until ");
    }

    private JsonNode json(String... arguments) {
        return JsonMapper.shared().readTree(cli.run(arguments).out());
    }

    private static String owner(JsonNode route) {
        return route.path("candidates").path(0).path("credential").path("owner").asString();
    }
}
