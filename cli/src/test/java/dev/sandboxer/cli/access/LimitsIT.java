package dev.sandboxer.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LimitsIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @BeforeEach
    void addAcme() {
        cli.run("consumers", "add", "acme");
    }

    private void set(String... options) {
        var words = new ArrayList<>(List.of("consumers", "set", "acme"));
        words.addAll(List.of(options));
        var result = cli.run(words.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.line()).isEqualTo("acme");
    }

    @Test
    void a_consumer_without_limits_is_shown_as_such() {
        assertThat(cli.run("consumers", "show", "acme").out()).contains("""
                keys         0
                credentials  0
                sandboxes    0
                default      the installation's
                profiles     all
                live         0, no limit
                CPUs         0, no limit
                memory       0B, no limit
                creations    no limit
                longest TTL  the profile's
                """);
    }

    @Test
    void limits_are_set_shown_and_lifted_one_by_one() {
        set("--default-profile", "local-large", "--profiles", "base,profile.local-large", "--max-live", "10");
        set("--max-cpu", "7.5", "--max-memory", "16GiB", "--max-rate", "0.5/s:20", "--max-ttl", "90m");

        assertThat(cli.run("consumers", "show", "acme").out()).contains("""
                default      profile.local-large
                profiles     profile.base, profile.local-large
                live         0 of 10
                CPUs         0 of 7.5
                memory       0B of 16GiB
                creations    0.5/s:20
                longest TTL  1h30m
                """);

        set("--profiles", "none", "--max-rate", "none", "--max-ttl", "none");
        assertThat(cli.run("consumers", "show", "acme").out())
                .contains("""
                default      profile.local-large
                profiles     all
                live         0 of 10
                """)
                .contains("creations    no limit\n")
                .contains("longest TTL  the profile's\n");
    }

    @Test
    void json_holds_the_limits_and_what_is_used() {
        set("--max-live", "3", "--max-rate", "5/s", "--profiles", "base");

        var json = JsonMapper.shared()
                .readTree(cli.run("consumers", "show", "acme", "--json").out());
        assertThat(json.get("id").asString()).isEqualTo("acme");
        assertThat(json.get("limits").get("maxLive").asInt()).isEqualTo(3);
        assertThat(json.get("limits").get("maxRate").asString()).isEqualTo("5/s");
        assertThat(json.get("limits").get("profiles").get(0).asString()).isEqualTo("profile.base");
        assertThat(json.get("limits").get("maxTtlMs").isNull()).isTrue();
        assertThat(json.get("used").get("live").asInt()).isZero();
    }

    @Test
    void many_profiles_and_their_source_stay_within_eighty_columns() throws IOException {
        var config = new StringBuilder("profiles:\n");
        var names = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            names.add("a-profile-with-a-long-name-" + i);
            config.append("  ")
                    .append(names.getLast())
                    .append(": {route: [ext.local], templates: {ext.local: base},")
                    .append(" cpu: 1, memory: 1GiB, disk: 1GiB, ttl: 1h, maxTtl: 1h}\n");
        }
        config.append("consumers:\n  acme: {profiles: [")
                .append(String.join(", ", names))
                .append("]}\n");
        Files.writeString(cli.home().resolve("config.yaml"), config);

        var out = cli.run("consumers", "show", "acme").out();
        assertThat(out.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(out)
                .contains("profiles     profile.a-profile-with-a-long-name-0,\n")
                .contains("(config.yaml)");
    }

    @Test
    void a_limit_in_the_configuration_applies_and_the_command_does_not_change_it() throws IOException {
        Files.writeString(
                cli.home().resolve("config.yaml"), "consumers:\n  acme: {maxLive: 0, maxTtl: 5m, maxMemory: 1GiB}\n");

        assertThat(cli.run("consumers", "show", "acme").out())
                .contains("live         0 of 0 (config.yaml)\n")
                .contains("longest TTL  5m (config.yaml)\n");
        var refused = cli.run("consumers", "set", "acme", "--max-live", "5");
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("config.yaml sets consumers.acme.maxLive; change it there [conflict]");
        var create = cli.run("create", "--consumer", "acme");
        assertThat(create.status()).isEqualTo(125);
        assertThat(create.err())
                .contains("consumer acme has 0 of 0 live sandboxes")
                .contains("raise consumers.acme.maxLive in config.yaml [over_quota]");
    }

    @Test
    void a_consumer_gets_its_default_and_only_its_profiles() {
        set("--default-profile", "local-large", "--profiles", "local-large", "--max-live", "0", "--max-ttl", "10m");

        assertThat(cli.run("profiles", "--consumer", "acme").out())
                .contains("profile.local-large *")
                .contains(" 10m ")
                .doesNotContain("profile.base");
        assertThat(cli.run("create", "--consumer", "acme", "--profile", "base").err())
                .contains("profile.base is not allowed for this consumer; it may use profile.local-large"
                        + " [profile_not_allowed]");
        assertThat(cli.run("route", "--consumer", "acme", "base").err()).contains("[profile_not_allowed]");
        assertThat(cli.run("create", "--consumer", "acme", "--ttl", "11m").err())
                .contains("[invalid_ttl]");
        assertThat(cli.run("create", "--consumer", "acme").err()).contains("[over_quota]");
        assertThat(cli.run("profiles").out()).contains("profile.base *");
    }

    @Test
    void invalid_limits_are_refused_before_anything_changes() {
        var nothing = cli.run("consumers", "set", "acme");
        assertThat(nothing.status()).isEqualTo(2);
        assertThat(nothing.err()).contains("name a limit, such as --max-live 10");
        for (var wrong : List.of("--max-live=-1", "--max-cpu=x", "--max-memory=4", "--max-rate=5", "--max-ttl=0s")) {
            assertThat(cli.run("consumers", "set", "acme", wrong).status())
                    .as(wrong)
                    .isEqualTo(2);
        }
        assertThat(cli.run("consumers", "set", "acme", "--profiles", "base,nope")
                        .err())
                .contains("profile \"nope\" not found")
                .contains("[unknown_profile]");
        assertThat(cli.run("consumers", "set", "acme", "--profiles", "base", "--default-profile", "local-large")
                        .err())
                .contains("the default profile.local-large is not among the allowed profiles, profile.base");
        assertThat(cli.run("consumers", "set", "acne", "--max-live", "1").err()).contains("did you mean acme?");
        assertThat(cli.run("consumers", "show", "acme").out()).contains("profiles     all\n");
    }
}
