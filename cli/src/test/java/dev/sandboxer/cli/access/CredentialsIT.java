package dev.sandboxer.cli.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The messages of the command line about credentials. No cloud is used. */
class CredentialsIT {
    private static final String KEY = "e2b_00000000000000000000000000000000000000c1";

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void a_key_belongs_to_the_platform_or_to_a_consumer() {
        for (String contradiction : new String[] {"--consumer=local", "--allow-platform-fallback"}) {
            var result = cli.runWith(KEY.getBytes(UTF_8), "credentials", "add", "ext.e2b", "--platform", contradiction);

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).contains("--platform can't be combined with");
        }
        assertThat(cli.run("credentials", "ls", "--json").out()).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void an_extension_without_credential_fields_accepts_no_credential() {
        var result = cli.runWith(KEY.getBytes(UTF_8), "credentials", "add", "ext.local");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).contains("ext.local needs no credential");
    }

    @Test
    void a_malformed_key_in_the_environment_is_reported_before_a_creation() {
        var with = cli.with("E2B_API_KEY", "e2b_nonsense");

        assertThat(with.run("route", "e2b-burst").out()).contains("ext.e2b: no_credential, in the environment");
        assertThat(with.run("credentials", "ls").out()).contains("malformed").doesNotContain("good");
    }

    @Test
    void a_known_key_typed_in_the_wrong_place_is_not_repeated() {
        var with = cli.with("E2B_API_KEY", KEY);

        for (String[] typed : new String[][] {{"show", KEY}, {"route", KEY}, {"config", KEY}}) {
            var result = with.run(typed);

            assertThat(result.status()).isNotZero();
            assertThat(result.out() + result.err()).contains("[hidden]").doesNotContain(KEY);
        }
    }

    @Test
    void an_unknown_key_typed_as_an_argument_of_credentials_is_not_repeated() {
        for (String[] typed : new String[][] {
            {"create", "-p", "e2b-burst", "--credential", KEY},
            {"credentials", KEY},
            {"credentials", "add", KEY},
            {"credentials", "add", "ext.e2b", "api_key=" + KEY},
            {"credentials", "add", "ext.e2b", "--api-key", KEY},
            {"credentials", "add", "ext.e2b", "--platform=" + KEY},
            {"credentials", "add", "ext.e2b", "--from", KEY},
            {"credentials", "check", KEY},
            {"credentials", "rm", KEY}
        }) {
            var result = cli.run(typed);

            assertThat(result.status()).as(String.join(" ", typed)).isNotZero();
            assertThat(result.out() + result.err())
                    .as(String.join(" ", typed))
                    .doesNotContain(KEY)
                    .doesNotContain("defect");
        }
        assertThat(cli.run("credentials", "add", "ext.e2b", "api_key=" + KEY).err())
                .contains("give a key on standard input");
        assertThat(cli.run("credentials", "add").err()).contains("add: EXT is missing");
    }

    @Test
    void a_disabled_consumer_has_no_route() {
        cli.run("consumers", "add", "team-off");
        cli.run("consumers", "disable", "team-off");

        assertThat(cli.run("route", "--consumer", "team-off").err()).contains("[consumer_disabled]");
    }
}
